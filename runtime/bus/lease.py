"""A lease in a key-value bucket: at most one holder, who knows when it no longer is.

The bucket's time to live ends the lease of a holder that died. A holder that cannot reach the
broker is *unsure*: it must not begin anything new, but nobody else can have taken over through
that same broker either. Once the broker is back it renews, takes the expired key again, or learns
that it lost.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from runtime.bus.interface import Entry, KeyValue
from runtime.errors import BusUnavailable, LeaseLost, RevisionConflict


class _Claim(msgspec.Struct, frozen=True):
    holder: str
    released: bool = False


async def held_keys(bucket: KeyValue) -> list[str]:
    """The leases of this bucket that somebody holds.

    Raises:
        BusUnavailable: the broker does not answer.
    """
    claims = {key: _read(await bucket.get(key)) for key in await bucket.keys()}
    return [key for key, claim in claims.items() if claim is not None and not claim.released]


class Lease:
    """One key of a bucket whose values live ``ttl`` seconds."""

    def __init__(self, bucket: KeyValue, key: str, holder: str, ttl: float) -> None:
        self._bucket = bucket
        self._key = key
        self._holder = holder
        self._renew_every = ttl / 4
        self._ttl = ttl
        self._sure_until = 0.0
        self.revision = 0
        """Grows with every holder: what writes are fenced by."""

    @property
    def is_sure(self) -> bool:
        """Whether nobody else can hold it at this moment."""
        return time.monotonic() < self._sure_until

    async def acquire(self, waiting: Callable[[str], None] = lambda _holder: None) -> None:
        """Wait until it is ours; ``waiting`` hears who holds it, once per holder.

        After a holder that vanished without a release, wait long enough for it to notice.
        """
        seen = ""
        while True:
            try:
                entry = await self._bucket.get(self._key)
                claim = _read(entry)
                if claim is None or claim.released:
                    await self._take(entry)
                    if seen and claim is None:
                        await self._settle()
                    return
                if claim.holder != seen:
                    seen = claim.holder
                    waiting(seen)
            except (RevisionConflict, BusUnavailable):
                pass
            await asyncio.sleep(self._renew_every / 2)

    async def try_acquire(self) -> bool:
        """Take it if it is free now."""
        try:
            entry = await self._bucket.get(self._key)
            claim = _read(entry)
            if claim is not None and not claim.released:
                return False
            await self._take(entry)
        except (RevisionConflict, BusUnavailable):
            return False
        return True

    async def keep(self) -> None:
        """Renew for ever.

        Raises:
            LeaseLost: somebody else has it.
        """
        while True:
            await asyncio.sleep(self._renew_every)
            await self.renew()

    async def renew(self) -> None:
        """Renew once, or take the key again if it expired while the broker was away.

        Raises:
            LeaseLost: somebody else has it.
        """
        try:
            await self._write(self._bucket.update(self._key, self._value(), self.revision))
        except BusUnavailable:
            pass
        except RevisionConflict:
            await self._take_again()

    async def _take_again(self) -> None:
        try:
            entry = await self._bucket.get(self._key)
            claim = _read(entry)
            if claim is not None and claim.holder == self._holder and entry is not None:
                self.revision = entry.revision  # our write arrived, its answer did not
            elif claim is not None and not claim.released:
                raise LeaseLost(f"{self._key} is held by {claim.holder}")
            else:
                await self._take(entry)
        except BusUnavailable:
            pass
        except RevisionConflict:
            raise LeaseLost(f"{self._key} was taken by another") from None

    async def release(self) -> None:
        """Let the next one have it at once."""
        value = msgspec.json.encode(_Claim(self._holder, released=True))
        self._sure_until = 0.0
        try:
            await self._bucket.update(self._key, value, self.revision)
        except (BusUnavailable, RevisionConflict):
            return

    async def _take(self, entry: Entry | None) -> None:
        if entry is None:
            await self._write(self._bucket.create(self._key, self._value()))
        else:
            await self._write(self._bucket.update(self._key, self._value(), entry.revision))

    async def _settle(self) -> None:
        await asyncio.sleep(self._renew_every * 1.5)
        await self.renew()

    async def _write(self, writing: Awaitable[int]) -> None:
        asked_at = time.monotonic()
        self.revision = await writing
        self._sure_until = asked_at + self._ttl * 0.9

    def _value(self) -> bytes:
        return msgspec.json.encode(_Claim(self._holder))


def _read(entry: Entry | None) -> _Claim | None:
    if entry is None or not entry.value:
        return None
    return msgspec.json.decode(entry.value, type=_Claim)
