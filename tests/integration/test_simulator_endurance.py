"""The short form of `python -m tests.endurance`: load, cut connections, and every event once."""

from tests.endurance.__main__ import endure, verdict


def test_five_seconds_of_zlib_with_three_forced_resumes_lose_nothing() -> None:
    book = endure(rate=1000, seconds=5, resumes=3, profile="modern")
    assert verdict(book) == []
    assert book["client"]["resumed"] == book["sessions"]["resume"] == 3
    assert book["client"]["messages"] > 1000
