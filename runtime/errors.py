"""Every error that the runtime raises on purpose, cut by who has to do something about it.

::

    MultipodError
    ├── ConfigurationError      the operator gave a wrong value        -> exit status 2
    ├── StartError              something outside is missing at start  -> exit status 3
    ├── MalformedFrame          Discord (or a proxy) sent what is not a gateway frame
    ├── MalformedEnvelope       the bus carried what no gateway of ours published
    │   └── BodyRefused         a large body whose parts are gone, or too many
    └── BusError
        ├── BusUnavailable      not connected, or no answer in time: try again later
        │   └── NobodyServes    nobody was there: the request was not executed
        ├── StoreRejected       the broker refuses this very message: trying again cannot help
        ├── RevisionConflict    somebody else wrote the key first
        └── LeaseLost           somebody else is the holder now: stop            -> exit status 1
"""


class MultipodError(Exception):
    """Root of the tree."""


class ConfigurationError(MultipodError):
    """A setting or argument is wrong; the text says which and what is allowed."""


class StartError(MultipodError):
    """The process cannot start: what is missing, and what to do."""


class MalformedFrame(MultipodError):  # noqa: N818 - a fact about the peer, not a fault of ours
    """A gateway payload without a readable op, or whose dispatch has no type or sequence."""


class MalformedEnvelope(MultipodError):  # noqa: N818
    """A bus message whose headers are not those of an event."""


class BodyRefused(MalformedEnvelope):
    """A body that travelled in parts cannot, or may not, be put together again."""


class BusError(MultipodError):
    """The transport failed."""


class BusUnavailable(BusError):  # noqa: N818
    """No connection, or no answer within the time allowed."""


class NobodyServes(BusUnavailable):
    """Nobody serves the subject at the moment, so nothing was done."""


class StoreRejected(BusError):  # noqa: N818
    """The broker will never take this message (too large, no such stream)."""


class RevisionConflict(BusError):  # noqa: N818
    """A compare-and-set lost: the key has another revision by now."""


class LeaseLost(BusError):  # noqa: N818
    """Somebody else holds the lease now."""
