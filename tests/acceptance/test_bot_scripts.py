"""Scripts as their authors wrote them, on a gateway process and two worker processes."""

import asyncio
from pathlib import Path

import pytest

from tests.acceptance.conftest import StartFleet, ask

BOTS = Path(__file__).parents[1] / "examples" / "bots"


@pytest.mark.parametrize(
    ("name", "said", "answer"),
    [
        ("replying", "!hello", "Hello!"),  # ends in client.run()
        ("dice", "?add 40 2", "42"),  # ends in bot.run()
        ("hybrid", "!tag create ace", "created ace"),  # ends in asyncio.run(main())
    ],
)
async def test_a_script_answers(start_fleet: StartFleet, name: str, said: str, answer: str) -> None:
    app = str(BOTS / f"{name}.py")
    fleet = start_fleet(gateway=True, simulator=("--rate", "0"), bot_app=app)
    url = f"{fleet.simulator_url}/sim/users/1/messages"
    replies = [await asyncio.to_thread(ask, url, {"content": said, "wait": 8}) for _ in range(4)]
    assert [reply["content"] for reply in replies] == [answer] * 4
