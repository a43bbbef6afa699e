"""Where NATS is, and what of it may be shown."""

from pathlib import Path

import pytest

from runtime.bus.jetstream import Address, JetStreamBus
from runtime.errors import StartError
from runtime.settings import Settings

URL = "nats://worker:hunter2@127.0.0.1:9,nats://worker:hunter2@127.0.0.1:10"


def test_an_address_shows_its_servers_and_no_password() -> None:
    assert str(Address(URL)) == "nats://127.0.0.1:9,nats://127.0.0.1:10"
    assert "hunter2" not in repr(Address(URL))


def test_settings_do_not_show_the_password_either() -> None:
    assert "hunter2" not in repr(Settings.from_env({"NATS_URL": URL}))


@pytest.mark.usefixtures("no_patience_with_nats")
async def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    with pytest.raises(StartError) as failed:
        async with JetStreamBus(URL):
            pass
    assert "127.0.0.1:9" in str(failed.value)
    assert "hunter2" not in str(failed.value)


async def test_a_credentials_file_that_is_missing_is_an_error_at_the_start() -> None:
    with pytest.raises(StartError, match=r"no\.creds"):
        async with JetStreamBus(Address("nats://127.0.0.1:9", creds="no.creds")):
            pass


@pytest.mark.parametrize("text", ["", "SUhunter2", "-----BEGIN NATS USER JWT-----\nhunter2"])
async def test_a_file_without_credentials_is_an_error_that_does_not_show_it(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "some.nk").write_text(text)
    with pytest.raises(StartError, match=r"some\.nk holds neither") as failed:
        async with JetStreamBus(Address("nats://127.0.0.1:9", creds=str(tmp_path / "some.nk"))):
            pass
    assert "hunter2" not in str(failed.value)


async def test_a_file_without_a_certificate_authority_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    with pytest.raises(StartError, match=r"empty\.pem holds no certificate"):
        async with JetStreamBus(Address("tls://127.0.0.1:9", ca=str(tmp_path / "empty.pem"))):
            pass


async def test_a_certificate_authority_that_is_missing_is_an_error_at_the_start() -> None:
    with pytest.raises(StartError, match=r"no\.pem"):
        async with JetStreamBus(Address("tls://127.0.0.1:9", ca="no.pem")):
            pass
