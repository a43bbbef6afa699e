"""The settings: one table, one clear line for each wrong value, no secret shown."""

import os

import pytest

from runtime.errors import ConfigurationError
from runtime.settings import (
    AUTO_PORT,
    SETTINGS,
    Mode,
    Secret,
    Settings,
    hide_token,
    read_environment,
)

TOKEN = "MTk4.NjIy.ODM5"
PASSWORD_URL = "postgresql+asyncpg://frolf:hunter2@db/frolf"


def test_an_empty_environment_gives_the_defaults_of_the_table() -> None:
    settings = Settings.from_env({})
    assert settings.bot_mode is Mode.STANDALONE
    assert settings.bot_app == "runtime.bots.frolf:bot"
    assert settings.nats_url.reveal() == "nats://127.0.0.1:4222"
    assert settings.http_port == 0
    assert settings.grace_period == 25.0


def test_every_row_of_the_table_is_a_field() -> None:
    names = [setting.name.lower() for setting in SETTINGS]
    assert names == list(Settings.__dataclass_fields__)
    assert all(setting.meaning for setting in SETTINGS)


def test_every_default_is_a_value_that_would_be_accepted() -> None:
    for setting in SETTINGS:
        setting.parse(setting.default)


def test_an_empty_value_means_the_default() -> None:
    settings = Settings.from_env({"NATS_URL": "  ", "BOT_MODE": ""})
    assert settings.nats_url.reveal() == "nats://127.0.0.1:4222"
    assert settings.bot_mode is Mode.STANDALONE


def test_values_are_read_and_trimmed() -> None:
    settings = Settings.from_env(
        {"BOT_MODE": " Worker ", "HTTP_PORT": "8080", "DISCORD_API_URL": "http://[::1]:8900/api/"}
    )
    assert settings.bot_mode is Mode.WORKER
    assert settings.http_port == 8080
    assert settings.discord_api_url == "http://[::1]:8900/api"


def test_several_nats_servers_may_be_given() -> None:
    url = "nats://a:4222,nats://b:4222"
    assert Settings.from_env({"NATS_URL": url}).nats_url.reveal() == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_MODE", "gatewy"),
        ("DISCORD_API_URL", "discord.com/api"),
        ("DISCORD_API_URL", "ftp://discord.com"),
        ("NATS_URL", "localhost:4222"),
        ("NATS_URL", "nats://a:4222,b"),
        ("SUBJECT_PREFIX", "a.b"),
        ("HTTP_PORT", "65536"),
        ("HTTP_PORT", "-1"),
        ("HTTP_PORT", "٣"),
        ("LOG_FORMAT", "xml"),
        ("PRUNE_COMMANDS", "yes"),
        ("BUFFER_EVENTS", "0"),
        ("BUFFER_EVENTS", "1e3"),
        ("GRACE_PERIOD", "0"),
        ("GRACE_PERIOD", "soon"),
        ("GRACE_PERIOD", "nan"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_setting(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as wrong:
        Settings.from_env({name: value})
    assert "\n" not in str(wrong.value)


def test_the_argument_wins_over_the_environment() -> None:
    settings = Settings.from_env({"BOT_MODE": "worker"}, mode=Mode.GATEWAY)
    assert settings.bot_mode is Mode.GATEWAY


@pytest.mark.parametrize("mode", [Mode.GATEWAY, Mode.STANDALONE])
def test_the_token_is_read_where_it_is_needed(mode: Mode) -> None:
    assert Settings.from_env({"DISCORD_TOKEN": TOKEN}, mode).discord_token.reveal() == TOKEN


def test_a_worker_does_not_read_the_token() -> None:
    settings = Settings.from_env({"DISCORD_TOKEN": TOKEN, "BOT_MODE": "worker"})
    assert settings.discord_token.reveal() == ""


def test_secrets_do_not_show_themselves() -> None:
    settings = Settings.from_env({"DISCORD_TOKEN": TOKEN, "DATABASE_URL": PASSWORD_URL})
    shown = f"{settings!r} {settings} {settings.discord_token} {settings.database_url!r}"
    assert TOKEN not in shown
    assert "hunter2" not in shown
    assert settings.database_url.reveal() == PASSWORD_URL


def test_an_error_does_not_show_a_password() -> None:
    with pytest.raises(ConfigurationError) as wrong:
        Settings.from_env({"NATS_URL": "natz://user:hunter2@host"})
    assert "hunter2" not in str(wrong.value)


def test_a_secret_tells_whether_it_is_empty() -> None:
    assert (bool(Secret("")), repr(Secret(""))) == (False, "Secret()")
    assert (bool(Secret("x")), repr(Secret("x"))) == (True, "Secret(***)")


def test_any_free_port_may_be_asked_for() -> None:
    assert Settings.from_env({"HTTP_PORT": "auto"}).http_port == AUTO_PORT


def test_event_types_are_a_list_in_any_case() -> None:
    settings = Settings.from_env({"EVENT_TYPES": "typing_start, ,MESSAGE_CREATE"})
    assert settings.event_types == {"TYPING_START", "MESSAGE_CREATE"}


@pytest.mark.parametrize(("text", "pruned"), [("true", True), ("False", False)])
def test_a_switch_is_true_or_false(text: str, pruned: bool) -> None:
    assert Settings.from_env({"PRUNE_COMMANDS": text}).prune_commands is pruned


def test_the_process_environment_is_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUBJECT_PREFIX", "mine")
    assert read_environment(Mode.WORKER).subject_prefix == "mine"


@pytest.mark.parametrize(("before", "was_set"), [(TOKEN, True), ("", False)])
def test_a_hidden_token_leaves_a_placeholder(
    monkeypatch: pytest.MonkeyPatch, before: str, was_set: bool
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", before)
    assert hide_token() is was_set
    assert os.environ["DISCORD_TOKEN"] not in {"", TOKEN}
