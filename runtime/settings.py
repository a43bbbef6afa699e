"""All settings of the runtime: the only file of it that reads the environment.

``SETTINGS`` is the one table: the README prints it, ``Settings.from_env`` follows it.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from runtime.core.routing import Subjects
from runtime.core.shards import ShardPlan
from runtime.errors import ConfigurationError

DEFAULT_API_URL = "https://discord.com/api"
AUTO_PORT = -1
"""``HTTP_PORT=auto``: any free port."""


class Mode(StrEnum):
    """What this process is."""

    GATEWAY = "gateway"
    WORKER = "worker"
    STANDALONE = "standalone"


class Secret:
    """A string that shows itself only to whoever asks for it by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The string itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(***)" if self._text else "Secret()"

    __str__ = __repr__


def _text(value: str) -> str:
    return value


def _mode(value: str) -> Mode:
    try:
        return Mode(value.lower())
    except ValueError:
        raise ConfigurationError(f"must be one of {', '.join(Mode)}, not {value!r}") from None


def _url(*schemes: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        for part in value.split(","):
            parts = urlsplit(part.strip())
            if parts.scheme not in schemes or not parts.netloc:
                allowed = " or ".join(f"{scheme}://..." for scheme in schemes)
                raise ConfigurationError(f"must be {allowed}")
        return value.rstrip("/")

    return check


def _secret_url(*schemes: str) -> Callable[[str], Secret]:
    check = _url(*schemes)
    return lambda value: Secret(check(value))


def _replicas(value: str) -> int:
    if value not in {"1", "3", "5"}:
        raise ConfigurationError(f"must be 1, 3 or 5, not {value!r}")
    return int(value)


def _port(value: str) -> int:
    if value == "auto":
        return AUTO_PORT
    if not value.isascii() or not value.isdecimal() or not 0 <= int(value) <= 65535:
        raise ConfigurationError(f"must be auto or a port, 0 to 65535, not {value!r}")
    return int(value)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 86_400:
        raise ConfigurationError(f"must be seconds, above 0 and below 86400, not {value!r}")
    return seconds


def _count(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or not 1 <= int(value) <= 10_000_000:
        raise ConfigurationError(f"must be a whole number, 1 to 10000000, not {value!r}")
    return int(value)


def _flag(value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise ConfigurationError(f"must be true or false, not {value!r}")
    return value.lower() == "true"


def _event_types(value: str) -> frozenset[str]:
    return frozenset(part.strip().upper() for part in value.split(",") if part.strip())


def _log_format(value: str) -> str:
    if value not in {"text", "json"}:
        raise ConfigurationError(f"must be text or json, not {value!r}")
    return value


def _ordinal(value: str) -> int | None:
    if value and (not value.isascii() or not value.isdecimal() or len(value) > 5):
        raise ConfigurationError(f"must be a whole number, 0 or above, not {value!r}")
    return int(value) if value else None


def _prefix(value: str) -> str:
    return Subjects(value).prefix


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table."""

    name: str
    default: str
    parse: Callable[[str], Any]
    meaning: str


SETTINGS = (
    Setting("BOT_MODE", "standalone", _mode, "gateway, worker or standalone"),
    Setting(
        "BOT_APP",
        "runtime.bots.frolf:bot",
        _text,
        "your bot: package.module:name, or a path to its file",
    ),
    Setting("DISCORD_TOKEN", "", Secret, "the bot's token; read by gateway and standalone only"),
    Setting(
        "DISCORD_API_URL",
        DEFAULT_API_URL,
        _url("http", "https"),
        "Discord's REST API without the version; the simulator's is http://127.0.0.1:8900/api",
    ),
    Setting(
        "NATS_URL",
        "nats://127.0.0.1:4222",
        _secret_url("nats", "tls", "ws", "wss"),
        "the NATS servers, separated by commas; not used by standalone",
    ),
    Setting("NATS_CREDS", "", _text, "path of a NATS credentials file"),
    Setting("NATS_CA", "", _text, "path of the certificate authority of NATS servers with TLS"),
    Setting(
        "NATS_REPLICAS",
        "1",
        _replicas,
        "servers that keep each stream, when the gateway makes it: 1, 3 or 5",
    ),
    Setting(
        "SUBJECT_PREFIX",
        "discord",
        _prefix,
        "first token of every subject; give each bot on one NATS its own",
    ),
    Setting(
        "DATABASE_URL",
        "sqlite:///frolf.db",
        Secret,
        "the example bot's database, as SQLAlchemy writes it",
    ),
    Setting(
        "HTTP_PORT",
        "0",
        _port,
        "port of /livez, /readyz and /metrics; auto takes a free one, 0 serves none",
    ),
    Setting("HTTP_HOST", "127.0.0.1", _text, "address of the same; 0.0.0.0 in a container"),
    Setting("LOG_FORMAT", "text", _log_format, "text or json"),
    Setting(
        "BOT_VERSION",
        "",
        _text,
        "tells versions of your bot apart during a rollout; by default a hash of its file",
    ),
    Setting("WORKER_NAME", "", _text, "name of this worker; by default host name and process id"),
    Setting(
        "PRUNE_COMMANDS",
        "false",
        _flag,
        "true: application commands that the bot no longer has are removed",
    ),
    Setting(
        "EVENT_TYPES",
        "",
        _event_types,
        "event types to publish though no worker asks for them, separated by commas",
    ),
    Setting(
        "BUFFER_EVENTS",
        "20000",
        _count,
        "events that may wait for NATS before the gateway lets Discord hold the rest",
    ),
    Setting(
        "SHARDS",
        "auto",
        ShardPlan.parse,
        "shards of this gateway: auto, 64 (all of 64), 0-15/64, or 16/64 (16 a process)",
    ),
    Setting(
        "SHARD_ORDINAL",
        "",
        _ordinal,
        "with SHARDS 16/64: which 16, from 0; by default the number that the host name ends in",
    ),
    Setting(
        "DEFER_AFTER",
        "2",
        _seconds,
        "age at which the gateway defers an unanswered interaction; 3 or more: never",
    ),
    Setting(
        "GRACE_PERIOD",
        "25",
        _seconds,
        "seconds that SIGTERM leaves running handlers before they are handed back",
    ),
    Setting(
        "HANDLER_TIMEOUT",
        "60",
        _seconds,
        "seconds after which a handler is cancelled and tried again; waiting for a user is free",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process; secrets show as ``Secret(***)``."""

    bot_mode: Mode
    bot_app: str
    discord_token: Secret
    discord_api_url: str
    nats_url: Secret
    nats_creds: str
    nats_ca: str
    nats_replicas: int
    subject_prefix: str
    database_url: Secret
    http_port: int
    http_host: str
    log_format: str
    bot_version: str
    worker_name: str
    prune_commands: bool
    event_types: frozenset[str]
    buffer_events: int
    shards: ShardPlan
    shard_ordinal: int | None
    defer_after: float
    grace_period: float
    handler_timeout: float

    @classmethod
    def from_env(cls, environ: Mapping[str, str], mode: Mode | None = None) -> "Settings":
        """Read the table from an environment; ``mode``, if given, wins over ``BOT_MODE``.

        A worker's token is not read at all.

        Raises:
            ConfigurationError: a value is wrong; the text names the setting.
        """
        values: dict[str, Any] = {}
        for setting in SETTINGS:
            try:
                text = environ.get(setting.name, "").strip() or setting.default
                values[setting.name.lower()] = setting.parse(text)
            except ConfigurationError as wrong:
                text = str(wrong)
                named = text if setting.name in text else f"{setting.name} {text}"
                raise ConfigurationError(named) from None
        if mode is not None:
            values["bot_mode"] = mode
        if values["bot_mode"] is Mode.WORKER:
            values["discord_token"] = Secret("")
        return cls(**values)


def read_environment(
    mode: Mode | None = None, given: Mapping[str, str] = MappingProxyType({})
) -> Settings:
    """``Settings.from_env`` on this process's own environment, in which ``given`` wins."""
    return Settings.from_env({**os.environ, **given}, mode)


def wants_traces() -> bool:
    """Whether OpenTelemetry's own variables name a collector (OpenTelemetry Docs/SDK Environment
    Variables); its packages read the rest of them."""
    given = os.environ.get
    if given("OTEL_SDK_DISABLED", "").lower() == "true" or given("OTEL_TRACES_EXPORTER") == "none":
        return False
    return bool(given("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or given("OTEL_EXPORTER_OTLP_ENDPOINT"))


def hide_token() -> bool:
    """Keep the token from the bot's own code and its children; true when one was set.

    A placeholder stays, since many bots read the variable at import and would not start without.
    """
    was_set = bool(os.environ.get("DISCORD_TOKEN"))
    os.environ["DISCORD_TOKEN"] = "the-gateway-has-it"  # noqa: S105
    return was_set
