"""When to ask the broker for more."""

from dataclasses import replace

from runtime.bus.pull import EXPIRES, GRACE, LARGE_BATCH, RETRY_DELAY, PullCredit
from runtime.core.routing import Subjects
from runtime.core.topology import Topology

TOPOLOGY = Topology(Subjects("t"))
LANE = TOPOLOGY.lane_consumer(0)
SHARED = TOPOLOGY.interaction_consumer


def batch(credit: PullCredit, now: float = 0.0) -> int:
    request = credit.request(now, draw=1.0)
    return 0 if request is None else request.batch


def test_a_lane_has_one_large_request_open() -> None:
    credit = PullCredit(LANE, 64)
    assert batch(credit) == LARGE_BATCH
    assert batch(credit) == 0


def test_a_used_up_request_is_followed_by_another() -> None:
    credit = PullCredit(replace(LANE), 64)
    assert batch(credit) == LARGE_BATCH
    for _ in range(LARGE_BATCH):
        credit.delivered()
        credit.settled()
    assert batch(credit) == LARGE_BATCH


def test_a_shared_consumer_is_asked_for_what_the_credit_allows() -> None:
    credit = PullCredit(SHARED, 10)
    assert batch(credit) == 10
    for _ in range(10):
        credit.delivered()
    assert batch(credit) == 0
    for _ in range(6):
        credit.settled()
    assert batch(credit) == 6


def test_little_credit_is_saved_up() -> None:
    credit = PullCredit(SHARED, 10)
    assert batch(credit) == 10
    for _ in range(10):
        credit.delivered()
    credit.settled()
    assert batch(credit) == 0


def test_a_request_that_the_broker_forgot_is_sent_again() -> None:
    credit = PullCredit(LANE, 64)
    assert batch(credit, now=0.0)
    assert not batch(credit, now=EXPIRES[1])
    assert batch(credit, now=EXPIRES[1] + GRACE)


def test_requests_of_equals_end_at_different_times() -> None:
    ends = [PullCredit(LANE, 64).request(0.0, draw) for draw in (0.0, 0.5, 1.0)]
    assert [one.expires / 1e9 for one in ends if one] == [0.5, 5.25, 10.0]


def test_after_a_failure_there_is_a_pause() -> None:
    credit = PullCredit(LANE, 64)
    assert batch(credit, now=0.0)
    credit.ended(0.0, failed=True)
    assert not batch(credit, now=RETRY_DELAY / 2)
    assert batch(credit, now=RETRY_DELAY)


def test_an_expired_request_is_renewed_at_once() -> None:
    credit = PullCredit(LANE, 64)
    assert batch(credit, now=0.0)
    credit.ended(EXPIRES[1], failed=False)
    assert batch(credit, now=EXPIRES[1])


def test_a_new_connection_has_no_request_open() -> None:
    credit = PullCredit(LANE, 64)
    assert batch(credit)
    credit.lost()
    assert batch(credit)
