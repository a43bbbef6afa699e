"""Three servers with the configuration of ``deploy/nats/cluster.conf``."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from loadtests._metrics import Unreachable, call, call_json
from loadtests._nats_server import NatsServerMissing
from runtime.bus.interface import Delivery, Message
from runtime.bus.jetstream import JetStreamBus
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.errors import BusUnavailable
from tests.conftest import missing
from tests.eventually import eventually
from tests.unit.deploy.secured import HOSTS, SecuredNats, load_credentials

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
        self._config.write_text(text.replace("$SERVER_NAME", name))

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
    load_credentials().make(tmp_path / "secrets", HOSTS)
    with ExitStack() as running:
        reserved = [socket.create_server(("127.0.0.1", 0)) for _ in NAMES]
        peers = dict(zip(NAMES, (each.getsockname()[1] for each in reserved), strict=True))
        for each in reserved:
            each.close()
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
