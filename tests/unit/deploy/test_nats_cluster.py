"""Three servers with the configuration of ``deploy/nats/cluster.conf``."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loadtests._metrics import Unreachable, call, call_json
from loadtests._nats_server import NatsServerMissing
from runtime.bus.interface import Delivery, Message
from runtime.bus.jetstream import Address, JetStreamBus
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.errors import BusUnavailable
from tests.conftest import missing
from tests.eventually import eventually
from tests.ports import free_port
from tests.unit.deploy.secured import SecuredNats, load_credentials

TOPOLOGY = Topology(Subjects())
NAMES = tuple(f"nats-{ordinal}" for ordinal in range(3))


class Member(SecuredNats):
    """One server of three; only addresses are changed."""

    def __init__(self, directory: Path, secrets: Path, name: str, peers: dict[str, int]) -> None:
        super().__init__(directory, secrets)
        text = (self._home / "cluster.conf").read_text()
        for peer, port in peers.items():
            text = text.replace(f"{peer}.nats-peers:6222", f"127.0.0.1:{port}")
        text = text.replace("port: 6222", f"listen: 127.0.0.1:{peers[name]}")
        self._config = self._home / "cluster.conf"
        self._config.write_text(text)
        # As the StatefulSet's env; the port is that of the test, and nobody resolves the name.
        self._given = {
            "SERVER_NAME": name,
            "CLIENT_ADVERTISE": f"{name}.nats-peers:4222",
            "CLUSTER_ADVERTISE": f"localhost:{peers[name]}",
        }

    def _command(self) -> list[str]:
        variables = [f"{name}={value}" for name, value in self._given.items()]
        env, change, home, *server = super()._command()
        return [env, change, home, *variables, *server]

    @property
    def is_well(self) -> bool:
        """What the readiness probe asks."""
        try:
            return call(self.monitoring_url, "/healthz?js-server-only=true")[0] == 200
        except Unreachable:
            return False


@pytest.fixture
def members(tmp_path: Path) -> Iterator[list[Member]]:
    """Three running servers."""
    load_credentials().make(tmp_path / "secrets", load_credentials().HOSTS)
    with ExitStack() as running:
        peers = {name: free_port() for name in NAMES}
        try:
            yield [running.enter_context(make(tmp_path, name, peers)) for name in NAMES]
        except NatsServerMissing as error:
            missing(str(error))


def make(directory: Path, name: str, peers: dict[str, int]) -> Member:
    """One of them, with a copy of the secrets: each pod has its own."""
    secrets = directory / name / "secrets"
    shutil.copytree(directory / "secrets", secrets)
    return Member(directory / name, secrets, name, peers)


async def test_three_servers_find_each_other_and_carry_events_between_parts(
    members: list[Member],
) -> None:
    await eventually(lambda: all(member.is_well for member in members), 30.0)
    assert len(call_json(members[0].monitoring_url, "/routez")["routes"]) >= 2
    heard: list[bytes] = []

    async def answer(message: Message) -> Message:
        return Message(message.subject, b"executed " + message.body)

    async with (
        JetStreamBus(members[0].address_of("gateway")) as gateway,
        JetStreamBus(members[1].address_of("worker")) as worker,
    ):
        await eventually(lambda: is_settled(members), 30.0)
        await gateway.ensure(TOPOLOGY)
        await gateway.serve(TOPOLOGY.subjects.rest, answer)
        await eventually(lambda: is_executed(worker), 10.0)
        await gateway.store(Message("discord.v1.event.3.MESSAGE_CREATE", b"{}"))
        await consume(worker, heard)
        await eventually(lambda: heard == [b"{}"])


async def test_everything_is_kept_by_all_three_and_nothing_stops_when_one_is_lost(
    members: list[Member],
) -> None:
    await eventually(lambda: all(member.is_well for member in members), 30.0)
    await eventually(lambda: is_settled(members), 30.0)
    heard: list[bytes] = []
    async with (
        JetStreamBus(servers(members), replicas=3) as gateway,
        JetStreamBus(servers(members, "worker")) as worker,
    ):
        await gateway.ensure(TOPOLOGY)
        kept = configurations(members[0])
        for bucket in TOPOLOGY.buckets:
            assert kept[f"KV_{bucket.name}"]["max_age"] == bucket.ttl * 1e9
        assert kept.keys() >= {stream.name for stream in TOPOLOGY.streams}
        assert {each["num_replicas"] for each in kept.values()} == {3}
        await consume(worker, heard)
        await gateway.store(Message("discord.v1.event.3.MESSAGE_CREATE", b"1"))
        await eventually(lambda: heard == [b"1"])
        members[0].stop()
        await gateway.store(Message("discord.v1.event.3.MESSAGE_CREATE", b"2"))
        await eventually(lambda: heard == [b"1", b"2"], 60.0)


async def test_servers_tell_clients_names_that_their_certificate_has(
    members: list[Member],
) -> None:
    await eventually(lambda: all(member.is_well for member in members), 30.0)
    names = {f"{name}.nats-peers:4222" for name in NAMES}
    shown = openssl_names(members[0])
    assert {name.partition(":")[0] for name in names} <= shown

    def told() -> set[str]:
        return set(call_json(members[0].monitoring_url, "/varz").get("connect_urls", ()))

    await eventually(lambda: told() == names, 20.0)


def servers(members: list[Member], user: str = "gateway") -> Address:
    """All of them, as ``NATS_URL`` may name them."""
    own = members[0].address_of(user)
    return replace(own, url=",".join(member.tls_url for member in members))


def configurations(member: Member) -> dict[str, Any]:
    """How each stream of the bot was made, buckets included."""
    found = call_json(member.monitoring_url, "/jsz?streams=true&config=true&accounts=true")
    return {
        stream["name"]: stream["config"]
        for account in found["account_details"]
        for stream in account.get("stream_detail") or ()
    }


def openssl_names(member: Member) -> set[str]:
    """The names in a server's certificate."""
    path = str(member.secrets / "server" / "tls.crt")
    command = ["openssl", "x509", "-noout", "-in", path, "-ext", "subjectAltName"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"DNS:([\w.-]+)", shown))


def is_settled(members: list[Member]) -> bool:
    """Whether all know one leader, and it has heard from both of the others lately."""
    found = [call_json(each.monitoring_url, "/jsz").get("meta_cluster", {}) for each in members]
    leaders = {each.get("leader", "") for each in found}
    if len(leaders) != 1 or "" in leaders:
        return False
    replicas = found[NAMES.index(leaders.pop())].get("replicas", ())
    return [each["current"] for each in replicas] == [True, True]


async def is_executed(worker: JetStreamBus) -> bool:
    """Whether the gateway answers; its server's neighbours hear a moment later that it serves."""
    try:
        reply = await worker.request(Message(TOPOLOGY.subjects.rest, b"it"), 5.0)
    except BusUnavailable:
        return False
    return reply.body == b"executed it"


async def consume(worker: JetStreamBus, heard: list[bytes]) -> None:
    """Take the events of lane 3."""

    async def take(delivery: Delivery) -> None:
        heard.append(delivery.message.body)
        await delivery.ack()

    await worker.consume(TOPOLOGY.lane_consumer(3), take, 1)
