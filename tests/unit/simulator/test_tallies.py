from simulator.core.tallies import InteractionTally, ProbeTally


def test_an_interaction_is_pending_until_three_seconds_have_passed() -> None:
    tally = InteractionTally()
    tally.send(1, 100.0)
    assert tally.as_json(102.9, final=False)["unanswered"] == 0
    assert tally.as_json(103.1, final=False)["unanswered"] == 1


def test_at_the_end_nothing_is_pending() -> None:
    tally = InteractionTally()
    tally.send(1, 100.0)
    assert tally.as_json(100.1, final=True)["unanswered"] == 1


def test_the_latency_counts_from_the_intended_time() -> None:
    tally = InteractionTally()
    tally.send(1, 100.0)
    tally.answer(1, 100.25)
    assert tally.as_json(101, final=True)["latency_ms"] == {
        "p50": 250.0,
        "p99": 250.0,
        "max": 250.0,
    }


def probes(*answers: str, channel: int = 7) -> dict[str, object]:
    tally = ProbeTally()
    for number in (1, 2, 3):
        tally.send(number, 7, 100.0)
    for answer in answers:
        tally.message(answer, channel, 101.0)
    return tally.as_json(111.0, final=False)


def test_answers_once_and_in_order_are_just_answers() -> None:
    book = probes("probe 1", "probe 2", "probe 3")
    assert (book["answered"], book["lost"], book["duplicated"], book["reordered"]) == (3, 0, 0, 0)


def test_a_second_answer_is_a_duplicate() -> None:
    assert probes("probe 1", "probe 1")["duplicated"] == 1


def test_an_answer_after_a_later_one_is_reordered() -> None:
    assert probes("probe 2", "probe 1")["reordered"] == 1


def test_a_probe_without_answer_is_lost_after_ten_seconds() -> None:
    assert probes("probe 2")["lost"] == 2


def test_an_answer_in_another_channel_is_none() -> None:
    book = probes("probe 1", channel=8)
    assert (book["answered"], book["unknown"]) == (0, 1)


def test_other_messages_are_no_answers() -> None:
    assert probes("probe one", "my probe 1")["unknown"] == 0
