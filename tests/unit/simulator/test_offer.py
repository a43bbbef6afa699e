from simulator.core.mix import Mix
from simulator.core.offer import BATCH, Offer
from simulator.core.pace import Pace
from simulator.core.rest.context import Api
from simulator.core.storms import Storm, Storms
from tests.unit.simulator.stage import NOW, Client, make_api


def offering(rate: float, profile: str = "modern", probes: float = 0.0) -> tuple[Api, Offer]:
    api = make_api()
    mix = Mix(api.world, api.scenes, api.ids, 1, profile, probes)
    storms = Storms(api.world, api.scenes, api.ids, mix, api.commands)
    return api, Offer(api, mix, Pace(rate), 3.0, storms)


def ready(api: Api) -> Client:
    client = Client(api)
    client.identify()
    return client


def test_nothing_is_offered_before_a_client_is_ready() -> None:
    _, offer = offering(100)
    assert offer.turn(NOW + 60) == 0
    assert offer.pace.started is None


def test_it_waits_a_while_for_commands() -> None:
    api, offer = offering(100)
    ready(api)
    offer.turn(NOW + 2.9)
    assert offer.pace.started is None
    offer.turn(NOW + 3.1)
    assert offer.pace.started == NOW + 3.1


def test_registered_commands_start_it_at_once() -> None:
    api, offer = offering(100)
    ready(api)
    api.commands.replace(0, [{"id": "1", "name": "ping", "type": 1}])
    offer.turn(NOW)
    assert offer.pace.started == NOW


def test_a_turn_is_a_batch_at_most() -> None:
    api, offer = offering(10_000)
    ready(api)
    offer.turn(NOW + 3)
    assert [offer.turn(NOW + 3.06), offer.turn(NOW + 3.06)] == [BATCH, 100]


def test_what_reaches_nobody_is_owed_nothing() -> None:
    api, offer = offering(100, probes=1.0)
    client = Client(api)
    client.identify(0)
    offer.turn(NOW + 3)
    offer.turn(NOW + 4)
    assert (api.ledger.emitted, api.ledger.undeliverable, api.ledger.probes.sent) == (100, 100, 0)


def test_interactions_that_were_sent_are_owed_an_answer() -> None:
    api, offer = offering(100, profile="interactions")
    api.commands.replace(0, [{"id": "1", "name": "ping", "type": 1}])
    client = ready(api)
    offer.turn(NOW)
    offer.turn(NOW + 0.1)
    assert (api.ledger.interactions.sent, offer.owed(NOW + 0.1)) == (10, 10)
    token = client.read()[-1]["d"]["token"]
    assert api.interactions.get(token) is not None


def test_the_ids_of_a_channel_go_up_in_a_storm_too() -> None:
    api, offer = offering(2000)
    client = ready(api)
    offer.turn(NOW + 3)
    client.read()
    offer._storms.begin(Storm("raid", events=300, seconds=0.5), NOW + 3.1)
    newest: dict[str, int] = {}
    for n in range(60):  # now and then late, and then more than a batch is due
        offer.turn(NOW + 3 + n // 20 / 2)
        for d in [p["d"] for p in client.read() if p["t"] == "MESSAGE_CREATE"]:
            assert int(d["id"]) > newest.get(d["channel_id"], 0)
            newest[d["channel_id"]] = int(d["id"])
    assert api.ledger.dispatched > 1000
