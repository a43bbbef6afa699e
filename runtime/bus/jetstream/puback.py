"""What JetStream answers to a message that a stream was to take (NATS Docs/JetStream/PubAck)."""

from typing import Any

import msgspec
from nats.aio.msg import Msg

from runtime.bus.interface import Stored
from runtime.bus.store_pipeline import StorePipeline


class _PubAck(msgspec.Struct):
    stream: str = ""
    seq: int = 0
    duplicate: bool = False
    error: dict[str, Any] | None = None


_decode = msgspec.json.Decoder(_PubAck).decode


def settle(pipeline: StorePipeline, token: str, msg: Msg) -> None:
    """Tell the pipeline what became of the message of ``token``."""
    if msg.headers and msg.headers.get("Status") == "503":
        pipeline.refused(token, "no stream takes this subject", final=False)
        return
    ack = _decode(msg.data)
    if ack.error is None:
        pipeline.acknowledged(token, Stored(ack.seq, ack.duplicate))
        return
    code = int(ack.error.get("code", 500))
    text = str(ack.error.get("description", "refused"))
    pipeline.refused(token, text, final=400 <= code < 500)
