"""Which shards a process holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.core.shards import ShardPlan, ShardRange, ordinal_of
from runtime.errors import ConfigurationError


@pytest.mark.parametrize(
    ("text", "recommended", "ordinal", "held"),
    [
        ("auto", 3, None, ShardRange(0, 2, 3)),
        ("auto", 0, 7, ShardRange(0, 0, 1)),
        ("64", 3, None, ShardRange(0, 63, 64)),
        ("0-15/64", 3, None, ShardRange(0, 15, 64)),
        ("63-63/64", 3, None, ShardRange(63, 63, 64)),
        ("16/64", 3, 0, ShardRange(0, 15, 64)),
        ("16/64", 3, 3, ShardRange(48, 63, 64)),
        ("16/40", 3, 2, ShardRange(32, 39, 40)),
    ],
)
def test_the_setting_names_shards(
    text: str, recommended: int, ordinal: int | None, held: ShardRange
) -> None:
    assert ShardPlan.parse(text).resolve(recommended, ordinal) == held


@pytest.mark.parametrize(
    "text", ["", "x", "0", "-1", "1-0/4", "0-4/4", "5/4", "0/4", "0-15", "1/2/3", "9999999", "¹"]
)
def test_what_names_no_shards_is_refused_with_the_forms_that_do(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"must be auto|must name shards"):
        ShardPlan.parse(text)


def test_an_ordinal_that_is_needed_is_asked_for() -> None:
    with pytest.raises(ConfigurationError, match="needs SHARD_ORDINAL"):
        ShardPlan.parse("16/64").resolve(1, None)
    with pytest.raises(ConfigurationError, match="SHARD_ORDINAL 4 has no shards"):
        ShardPlan.parse("16/64").resolve(1, 4)


@given(st.integers(1, 300), st.integers(1, 300))
def test_the_ranges_of_all_ordinals_cover_every_shard_once(each: int, total: int) -> None:
    each = min(each, total)
    plan = ShardPlan.parse(f"{each}/{total}")
    held = [plan.resolve(1, ordinal) for ordinal in range(-(-total // each))]
    assert [number for part in held for number in part.numbers] == list(range(total))
    assert len({part.lease for part in held}) == len(held)
    assert sum(part.leads for part in held) == 1


@pytest.mark.parametrize(
    ("hostname", "ordinal"),
    [("gateway-2", 2), ("gateway-2.gateway.ns", 2), ("gateway-7d9f-x", None), ("3", None)],
)
def test_a_pods_name_ends_in_its_ordinal(hostname: str, ordinal: int | None) -> None:
    assert ordinal_of(hostname) == ordinal
