"""What each user of NATS cannot do, asked of a real server with the configuration of ``deploy``."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import nats.errors
import pytest

from loadtests._metrics import call_json
from runtime.bus.interface import Message
from runtime.bus.jetstream import JetStreamBus
from runtime.bus.lease import Lease
from runtime.core.deadline import answered_subject
from runtime.core.routing import Subjects
from runtime.core.topology import Bucket, Consumer, Topology
from runtime.errors import StartError
from tests.contracts.inbox import Inbox
from tests.eventually import eventually
from tests.unit.deploy.secured import HOSTS, Person, SecuredNats, load_credentials

TOPOLOGY = Topology(Subjects())
EVENT = "discord.v1.event.3.MESSAGE_CREATE"
SHARED = [each for each in TOPOLOGY.buckets if each not in (TOPOLOGY.state, TOPOLOGY.leases)]
CONSUMERS = (
    TOPOLOGY.interaction_consumer,
    *(TOPOLOGY.lane_consumers[0], TOPOLOGY.lane_consumers[-1]),
    *TOPOLOGY.advisory_consumers,
)
LEASE = "$KV.discord_leases.gateway"
CHECKPOINT = "$KV.discord_state.checkpoint.0"
HARMLESS = "$JS.API.STREAM.INFO.DISCORD_EVENTS"
"""Parts may ask this; naming a subject that they may not write for the answer must not help."""
QUESTION = b'{"last_by_subj":"%s"}' % CHECKPOINT.encode()
FORBIDDEN = (
    "$JS.API.STREAM.MSG.GET.KV_discord_state",
    "$JS.API.STREAM.MSG.DELETE.KV_discord_state",
    "$JS.API.STREAM.MSG.DELETE.KV_discord_leases",
    "$JS.API.STREAM.MSG.GET.DISCORD_DEAD",
    "$JS.API.STREAM.MSG.DELETE.DISCORD_DEAD",
    f"$JS.API.DIRECT.GET.KV_discord_state.{CHECKPOINT}",
    "$JS.API.STREAM.CREATE.MINE",
    "$JS.API.STREAM.UPDATE.DISCORD_EVENTS",
    "$JS.API.STREAM.DELETE.DISCORD_EVENTS",
    "$JS.API.STREAM.PURGE.DISCORD_EVENTS",
    "$JS.API.STREAM.SNAPSHOT.DISCORD_EVENTS",
    "$JS.API.CONSUMER.CREATE.KV_discord_state",
    "$JS.API.CONSUMER.CREATE.DISCORD_EVENTS.mine",
    "$JS.API.CONSUMER.DURABLE.CREATE.DISCORD_EVENTS.mine",
    "$JS.API.CONSUMER.DELETE.DISCORD_EVENTS.lane-00",
    "$JS.API.CONSUMER.MSG.NEXT.KV_discord_state.any",
)

part = pytest.mark.parametrize("part", ["worker", "simulator"])


@pytest.fixture
async def gateway(secured: SecuredNats) -> AsyncIterator[JetStreamBus]:
    """The runtime's own connection as the gateway, with an event, a lease and a checkpoint."""
    async with JetStreamBus(secured.address_of("gateway")) as bus:
        await bus.ensure(TOPOLOGY)
        await bus.store(Message(EVENT, b"{}"))
        await (await bus.bucket(TOPOLOGY.leases)).put("gateway", b"held")
        await (await bus.bucket(TOPOLOGY.state)).put("checkpoint.0", b"session")
        yield bus


def all_streams(server: SecuredNats) -> object:
    """Name, messages, last write and consumers of every stream, as the server itself says."""
    found = call_json(server.monitoring_url, "/jsz?streams=true&accounts=true")
    accounts = {each["name"]: each.get("stream_detail") or [] for each in found["account_details"]}
    return {
        (account, stream["name"]): [
            stream["state"][key] for key in ("messages", "last_seq", "consumer_count")
        ]
        for account, streams in accounts.items()
        for stream in streams
    }


@part
async def test_a_part_changes_nothing_that_is_not_its_own(
    part: str, secured: SecuredNats, gateway: JetStreamBus
) -> None:
    async with Person(secured, part) as person:
        before = all_streams(secured)
        for subject in (*FORBIDDEN, LEASE, CHECKPOINT):
            await person.publish(subject, QUESTION)
            await person.publish(HARMLESS, reply=subject)
        await person.wait_for_the_server()
    assert all_streams(secured) == before


@part
async def test_a_part_reads_nothing_that_is_not_its_own(
    part: str, secured: SecuredNats, gateway: JetStreamBus
) -> None:
    async with Person(secured, part) as person:
        heard = await person.listen("answers.>")
        for number, subject in enumerate(FORBIDDEN):
            await person.publish(subject, QUESTION, reply=f"answers.{number}")
        await person.wait_for_the_server()
    assert all(not body or b'"error"' in body for body in heard), heard


async def test_the_gateway_itself_gets_answers_to_the_same_questions(
    secured: SecuredNats, gateway: JetStreamBus
) -> None:
    async with Person(secured, "gateway") as person:
        heard = await person.listen("answers.>")
        before = await gateway.backlog(TOPOLOGY.lane_consumer(3))
        await person.publish(FORBIDDEN[0], QUESTION, reply="answers.1")
        await person.publish(HARMLESS, reply=EVENT)
        await person.wait_for_the_server()
        assert b64encode(b"session") in heard[0]
        assert await gateway.backlog(TOPOLOGY.lane_consumer(3)) == before + 1


@pytest.mark.parametrize("subject", [EVENT, "discord.v1.interaction.command"])
async def test_a_worker_cannot_publish_events(
    subject: str, secured: SecuredNats, gateway: JetStreamBus
) -> None:
    async with Person(secured, "worker") as person:
        before = all_streams(secured)
        await person.publish(subject, b"{}")
        await person.publish(HARMLESS, reply=subject)
        await person.publish("discord.v1.rest", reply=subject)
        await person.wait_for_the_server()
    assert all_streams(secured) == before


@pytest.mark.parametrize("bucket", SHARED, ids=lambda it: it.name)
async def test_workers_share_every_bucket_but_the_gateways(
    bucket: Bucket, secured: SecuredNats, gateway: JetStreamBus
) -> None:
    key = "worker.ann" if bucket == TOPOLOGY.workers else "1.0"
    async with JetStreamBus(secured.address_of("worker")) as worker:
        known = await worker.bucket(bucket)
        await known.put(key, b"known")
        async with JetStreamBus(secured.address_of("worker")) as other:
            found = await (await other.bucket(bucket)).get(key)
            assert key in await (await other.bucket(bucket)).keys()
        await known.delete(key)
    assert found is not None
    assert found.value == b"known"


@pytest.mark.parametrize("consumer", CONSUMERS, ids=lambda it: it.durable)
async def test_workers_take_and_settle_what_every_consumer_has(
    consumer: Consumer, secured: SecuredNats, gateway: JetStreamBus
) -> None:
    subject = consumer.filter_subject.replace(">", "x").replace("*", "x")
    stored = await gateway.store(Message(subject, b"{}"))
    inbox = Inbox()
    async with JetStreamBus(secured.address_of("worker")) as worker:
        assert await worker.backlog(consumer) > 0
        await worker.consume(consumer, inbox, 1)
        await eventually(lambda: stored.sequence in [each.sequence for each in inbox.deliveries])
    await eventually(lambda: is_settled(gateway, consumer))


async def is_settled(gateway: JetStreamBus, consumer: Consumer) -> bool:
    """Whether it has nothing that waits or is in hand."""
    return await gateway.backlog(consumer) == 0


async def test_workers_keep_dead_letters(secured: SecuredNats, gateway: JetStreamBus) -> None:
    async with JetStreamBus(secured.address_of("worker")) as worker:
        stored = await worker.store(Message("discord.v1.dead.event.MESSAGE_CREATE", b"{}"))
    assert await gateway.remove(TOPOLOGY.dead, stored.sequence)


async def test_the_gateway_hears_what_workers_have_answered(
    secured: SecuredNats, gateway: JetStreamBus
) -> None:
    heard: list[bytes] = []

    async def hear(message: Message) -> None:
        heard.append(message.body)

    await gateway.subscribe(answered_subject(TOPOLOGY.subjects.root), hear)
    async with JetStreamBus(secured.address_of("worker")) as worker:
        await worker.publish(Message(answered_subject(TOPOLOGY.subjects.root), b"1"))
        await eventually(lambda: heard == [b"1"])


async def test_a_worker_takes_out_an_event_whose_deliveries_are_used_up(
    secured: SecuredNats, gateway: JetStreamBus
) -> None:
    stored = await gateway.store(Message("discord.v1.interaction.modal", b"deadly"))
    async with JetStreamBus(secured.address_of("worker")) as worker:
        found = await worker.find(TOPOLOGY.interactions, stored.sequence - 1)
        assert found is not None
        assert found.message.body == b"deadly"
        assert await worker.remove(TOPOLOGY.interactions, found.sequence)


@pytest.mark.parametrize("name", ["background", "sweeper"])
async def test_workers_share_the_leases_of_what_one_of_them_does(
    name: str, secured: SecuredNats, gateway: JetStreamBus
) -> None:
    async with JetStreamBus(secured.address_of("worker")) as bus:
        leases = await bus.bucket(TOPOLOGY.leases)
        first, second = (Lease(leases, name, holder, 5.0) for holder in ("a", "b"))
        assert await first.try_acquire()
        assert not await second.try_acquire()
        await first.release()
        assert await second.try_acquire()


@part
async def test_a_part_hears_nothing_of_the_gateways_traffic(
    part: str, secured: SecuredNats, gateway: JetStreamBus
) -> None:
    async with Person(secured, part) as person:
        heard = await person.listen(">")
        leases = await gateway.bucket(TOPOLOGY.leases)
        await leases.put("gateway", b"held still")
        assert await leases.get("gateway")
        await person.wait_for_the_server()
    assert not [body for body in heard if b"held" in body]


@pytest.mark.parametrize("listening", ["discord.v1.rest", "discord.v1.*", ">"])
@part
async def test_a_worker_cannot_answer_other_workers_in_the_gateways_place(
    part: str, listening: str, secured: SecuredNats, gateway: JetStreamBus
) -> None:
    async with Person(secured, part) as person:
        heard = await person.listen(listening)
        await person.wait_for_the_server()
        async with JetStreamBus(secured.address_of("worker")) as worker:
            await worker.publish(Message("discord.v1.rest", b"a secret"))
        await person.wait_for_the_server()
    assert b"a secret" not in heard


async def test_the_operator_cannot_touch_the_lease_by_mistake(
    secured: SecuredNats, gateway: JetStreamBus
) -> None:
    async with Person(secured, "operator") as person:
        before = all_streams(secured)
        await person.publish(LEASE, b"mine")
        await person.wait_for_the_server()
    assert all_streams(secured) == before
    assert any("permissions violation" in refusal for refusal in person.refusals)


@pytest.mark.parametrize("user", ["gateway", "worker", "simulator", "operator"])
async def test_nobody_but_the_system_user_hears_the_system(user: str, secured: SecuredNats) -> None:
    async with Person(secured, user) as person:
        heard = await person.listen("$SYS.>")
        async with Person(secured, "system"):
            await person.wait_for_the_server()
    assert not heard


@pytest.mark.usefixtures("no_patience_with_nats")
async def test_a_key_that_the_server_does_not_know_is_refused(
    secured: SecuredNats, tmp_path: Path
) -> None:
    load_credentials().make(tmp_path / "other", HOSTS)
    other = tmp_path / "other" / "clients" / "worker.nk"
    with pytest.raises(nats.errors.Error, match="Authorization Violation"):
        await Person(secured, "", seed=other.read_text()).__aenter__()
    with pytest.raises(StartError, match="Authorization Violation"):
        async with JetStreamBus(replace(secured.address_of("worker"), creds=str(other))):
            pass


@pytest.mark.usefixtures("no_patience_with_nats")
async def test_a_server_of_another_authority_is_refused(
    secured: SecuredNats, tmp_path: Path
) -> None:
    load_credentials().make(tmp_path / "other", HOSTS)
    other = tmp_path / "other" / "clients" / "ca.crt"
    with pytest.raises(StartError, match="certificate verify failed"):
        async with JetStreamBus(replace(secured.address_of("worker"), ca=str(other))):
            pass


async def test_a_connection_without_tls_is_refused(secured: SecuredNats) -> None:
    host, _, port = secured.url.rpartition("/")[2].partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    async with asyncio.timeout(5):
        assert b'"tls_required":true' in await reader.readline()
        writer.write(b'CONNECT {"verbose":true}\r\n')
        assert not (await reader.read()).startswith(b"+OK")
    writer.close()
