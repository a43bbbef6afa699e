"""Raw handlers by name."""

import inspect
import time

import pytest

from loadtests import _handlers
from runtime.core.envelope import Envelope

EVENT = Envelope("a:1", "MESSAGE_CREATE", 0, 0, b"{}")


@pytest.mark.parametrize("name", ["noop", "io_20ms", "cpu_2ms", "block_5ms_cv100", "io_500us"])
def test_a_name_is_an_async_function(name: str) -> None:
    assert inspect.iscoroutinefunction(getattr(_handlers, name))


@pytest.mark.parametrize("name", ["io", "io_0ms", "cpu_2s", "gpu_2ms", "io_5ms_cv"])
def test_an_unknown_name_says_which_there_are(name: str) -> None:
    with pytest.raises(AttributeError, match=r"handler .*noop"):
        getattr(_handlers, name)


@pytest.mark.parametrize("kind", ["io", "cpu", "block"])
async def test_a_handler_takes_its_time(kind: str) -> None:
    began = time.perf_counter()
    await _handlers.make_handler(kind, 0.01)(EVENT)
    assert time.perf_counter() - began >= 0.0095


def test_variation_keeps_the_mean() -> None:
    draw = _handlers._draws(0.01, 0.5)
    times = [draw() for _ in range(5000)]
    assert sum(times) / 5000 == pytest.approx(0.01, rel=0.05)
    assert max(times) > 0.02
