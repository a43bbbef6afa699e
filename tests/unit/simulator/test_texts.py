from collections import Counter

import msgspec

from simulator.core import templates
from simulator.core.texts import COUNT, texts


def test_plain_texts_have_1_to_40_words_and_nothing_else() -> None:
    found = texts(1, modern=False)
    assert len(found) == COUNT
    assert {extra for _, extra in found} == {templates.ORDINARY}
    assert all(1 <= len(msgspec.json.decode(text).split()) <= 40 for text, _ in found)


def test_modern_ones_hold_polls_and_layouts_without_content_and_replies_with_it() -> None:
    found = texts(1, modern=True)
    counts = Counter(id(extra) for _, extra in found)
    assert min(counts[id(e)] for e in (templates.POLL, templates.LAYOUT, templates.REPLY)) >= 5
    for text, extra in found:
        assert (text == b'""') == (extra in {templates.POLL, templates.LAYOUT})


def test_the_same_seed_says_the_same() -> None:
    assert texts(1, modern=True) == texts(1, modern=True) != texts(2, modern=True)
