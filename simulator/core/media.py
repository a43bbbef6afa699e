"""Files that were uploaded, so that a bot can fetch what a message shows. Bounded; oldest go first.

Source: Discord Docs/Reference "Uploading Files", Docs/Message "Attachment Object".
"""

from collections import OrderedDict
from typing import TYPE_CHECKING

from simulator.core.world import Json

if TYPE_CHECKING:
    from simulator.core.rest.context import Api
    from simulator.core.rest.route import File

_MOST_BYTES = 64 << 20


class Media:
    """Contents by id."""

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self._most = most
        self._held = 0
        self._files: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    def keep(self, ident: str, content_type: str, content: bytes) -> None:
        """Keep one file; nothing that is larger than everything allowed."""
        if len(content) > self._most:
            return
        self._files[ident] = content_type, content
        self._held += len(content)
        while self._held > self._most:
            _, (_, gone) = self._files.popitem(last=False)
            self._held -= len(gone)

    def get(self, ident: str) -> tuple[str, bytes] | None:
        """(content type, content)."""
        return self._files.get(ident)


def upload(api: "Api", file: "File", now: float, description: str | None = None) -> Json:
    """Keep an uploaded file and describe it as an attachment."""
    ident = str(api.ids.next(now))
    api.media.keep(ident, file.content_type, file.content)
    base = api.gateway_url.replace("ws://", "http://", 1).removesuffix("/gateway")
    url = f"{base}/attachments/{ident}/{file.filename}"
    return {
        "id": ident, "filename": file.filename, "size": file.size, "url": url, "proxy_url": url,
        "content_type": file.content_type, "description": description,
    }  # fmt: skip
