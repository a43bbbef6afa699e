import json
import zlib

import pytest
import zstandard

from simulator.core import wire
from tests.unit.simulator.stage import frames


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_of_any_length_is_read_back(size: int) -> None:
    assert frames(wire.frame(wire.TEXT, b"x" * size)) == [(wire.TEXT, b"x" * size)]


def test_a_dispatch_is_json_with_its_number() -> None:
    payload = json.loads(wire.DISPATCH % (b"MESSAGE_CREATE", 7, b'{"id":"1"}'))
    assert payload == {"t": "MESSAGE_CREATE", "s": 7, "op": 0, "d": {"id": "1"}}


@pytest.mark.parametrize("size", [2, 50, 126, 900, 65_500, 70_000])
@pytest.mark.parametrize("compress", ["", "zlib-stream"])
def test_dispatches_are_numbered_on_and_each_is_a_frame(compress: str, size: int) -> None:
    first, entries = 95, [wire.Dispatch(b"X", b'"%b"' % (b"x" * size), 0.0)] * 10
    framed, inflate = wire.encoder(compress).dispatches(first, entries), zlib.decompressobj()
    bodies = [body for _, body in frames(b"".join(framed))]
    texts = [inflate.decompress(body) if compress else body for body in bodies]
    assert texts == [wire.DISPATCH % (b"X", n, entries[0].d) for n in range(95, 105)]


def test_other_opcodes_have_neither_type_nor_number() -> None:
    assert json.loads(wire.control(11)) == {"t": None, "s": None, "op": 11, "d": None}


def test_a_zlib_stream_is_one_context_in_binary_frames_that_end_in_a_flush() -> None:
    encoder, inflate = wire.encoder("zlib-stream"), zlib.decompressobj()
    for text in (b'{"a":1}', b'{"b":2}'):
        [(kind, body)] = frames(encoder.encode(text))
        assert (kind, body[-4:]) == (wire.BINARY, b"\x00\x00\xff\xff")
        assert inflate.decompress(body) == text


def test_a_zstd_stream_is_one_frame_that_never_ends() -> None:
    encoder, inflate = wire.encoder("zstd-stream"), zstandard.ZstdDecompressor().decompressobj()
    for text in (b'{"a":1}', b'{"b":2}'):
        [(kind, body)] = frames(encoder.encode(text))
        assert kind == wire.BINARY
        assert inflate.decompress(body) == text
        assert not inflate.eof


def test_payload_compression_makes_each_payload_a_stream_of_its_own() -> None:
    encoder = wire.PayloadZlib()
    bodies = [frames(encoder.encode(text))[0][1] for text in (b"one", b"two")]
    assert [zlib.decompress(body) for body in bodies] == [b"one", b"two"]


def test_a_close_frame_carries_the_code() -> None:
    assert frames(wire.close_frame(4004, "no")) == [(wire.CLOSE, b"\x0f\xa4no")]
