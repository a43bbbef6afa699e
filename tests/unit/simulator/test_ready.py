from simulator.core.ready import ready
from simulator.core.replay import Bounds
from simulator.core.session import Session
from simulator.core.world import World


def test_ready_names_the_session_its_shard_and_where_to_resume() -> None:
    session = Session("s", "t", (1, 4), 0, Bounds())
    d = ready(World(2, seed=1), session, [5, 9], "ws://here/resume")
    assert (d["session_id"], d["shard"], d["resume_gateway_url"]) == (
        "s", [1, 4], "ws://here/resume",
    )  # fmt: skip
    assert d["guilds"] == [{"id": "5", "unavailable": True}, {"id": "9", "unavailable": True}]
