"""The registry on a real Redis: the contract, and what processes that share it may count on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from rigs.redis_servers import (
    Cluster,
    RedisServer,
    Trio,
    redis_cluster,
    redis_server,
    sentinel_trio,
)
from rigs.registry import QuietHome, change
from rigs.registry_contract import RegistryContract, caller
from rigs.waiting import until

from conference.core.events import Webhook
from conference.core.room import Room
from conference.core.transitions import put
from conference.registry import Registry
from conference.registry.redis.connection import connect
from conference.registry.redis.keys import Keys
from conference.registry.redis.rooms import RedisRegistry
from conference.registry.unavailable import Unavailable

KEYS = Keys("a-line")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(autouse=True)
def empty(server: RedisServer) -> None:
    with server.client() as client:
        client.flushall()


@contextmanager
def process(server: RedisServer | Cluster | Trio, home: QuietHome) -> Iterator[RedisRegistry]:
    """A registry as a process of its own has it."""
    with closing(connect(server.url)) as client:
        registry = RedisRegistry(client, KEYS, Room)
        registry.begin(home)
        try:
            yield registry
        finally:
            registry.end()


@pytest.fixture
def kept(server: RedisServer) -> Iterator[Registry]:
    with process(server, QuietHome()) as registry:
        yield registry


class TestRedisRegistry(RegistryContract):
    """With the fixture of this file."""

    many = 100


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with redis_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


class TestRedisRegistryOnACluster(RegistryContract):
    many = 40

    @pytest.fixture
    def kept(self, cluster: Cluster) -> Iterator[Registry]:
        for node in cluster.nodes:
            with node.client() as client:
                client.flushall()
        with process(cluster, QuietHome()) as registry:
            yield registry


def test_the_room_of_a_live_conference_is_known_without_redis(
    server: RedisServer, kept: Registry
) -> None:
    """So a change of speaker, which is most of the traffic, takes one trip."""
    floor = Webhook("conference.floor.changed", 0.0, id="1", call="A", conference="conf-1")
    change(kept, "blue", lambda room: replace(put(room, caller("A")), conference="conf-1"))
    with server.client() as client:

        def reads() -> int:
            found = client.info("commandstats").get("cmdstat_mget", {})
            return int(found.get("calls", 0))

        before = reads()
        assert kept.look_up(floor).by_conference("conf-1") == "blue"
        assert reads() == before
        change(kept, "blue", lambda room: replace(room, conference="conf-2"))
        assert kept.look_up(floor).by_conference("conf-1") is None, "it is live no more"
        assert kept.look_up(floor).by_call("A") == "blue"
        assert reads() > before


# Two processes


@pytest.fixture
def homes() -> list[QuietHome]:
    return [QuietHome(), QuietHome()]


@pytest.fixture
def both(server: RedisServer, homes: list[QuietHome]) -> Iterator[list[RedisRegistry]]:
    with ExitStack() as stack:
        yield [stack.enter_context(process(server, home)) for home in homes]


def add(registry: Registry, name: str, call: str, event_id: str = "") -> bool:
    return change(registry, name, lambda room: put(room, caller(call)), event_id) is not None


def test_each_process_reads_what_the_other_wrote(both: list[RedisRegistry]) -> None:
    first, second = both
    for n in range(20):
        assert add(both[n % 2], "blue", f"call-{n}")
        assert first.room("blue") == second.room("blue")
    assert list(second.room("blue").participants) == [f"call-{n}" for n in range(20)]
    assert second.room_of_call("call-0") == "blue"
    assert [room.name for room in second.rooms()] == ["blue"]


def test_an_event_that_one_process_applied_counts_in_the_other(both: list[RedisRegistry]) -> None:
    first, second = both
    assert add(first, "blue", "A", "event-1")
    assert not add(second, "blue", "B", "event-1")
    assert list(second.room("blue").participants) == ["A"]


def test_a_process_decides_again_where_another_was_faster(both: list[RedisRegistry]) -> None:
    first, second = both
    assert add(first, "blue", "A")
    decided: list[list[str]] = []

    def meanwhile(room: Room) -> Room:
        decided.append(list(room.participants))
        if len(decided) == 1:
            assert add(first, "blue", "B")
        return put(room, caller("C"))

    assert change(second, "blue", meanwhile)
    assert decided[-1] == ["A", "B"]
    assert list(first.room("blue").participants) == ["A", "B", "C"]


def test_the_home_gets_the_changes_of_the_other_process_in_order(
    both: list[RedisRegistry], homes: list[QuietHome]
) -> None:
    first, second = both
    assert add(first, "blue", "A")
    for n in range(30):
        assert add(second, "blue", f"call-{n}")
    until(lambda: len(homes[0].followed) == 30, "the home follows each change")
    assert [len(each.after.participants) for each, ours in homes[0].noted if ours] == [
        *range(2, 32)
    ]
    assert {name for name, _ in homes[0].followed} == {"blue"}
    assert homes[1].followed == []
    assert (second.at_home("blue"), second.rooms_at_home()) == (None, [])
    assert first.at_home("blue") == second.room("blue")


def test_the_rooms_of_a_process_that_ends_go_on_in_the_other(
    server: RedisServer, homes: list[QuietHome]
) -> None:
    with process(server, homes[1]) as second:
        with process(server, homes[0]) as first:
            assert add(first, "blue", "A")
            assert second.rooms_at_home() == []
        until(lambda: homes[1].resumed != [], "the other process resumes the room")
        assert [room.name for room in homes[1].resumed] == ["blue"]
        assert second.rooms_at_home() == [second.room("blue")]


def test_without_redis_nothing_is_answered_and_all_goes_on_when_it_is_back(
    server: RedisServer, homes: list[QuietHome]
) -> None:
    with process(server, homes[0]) as registry:
        assert add(registry, "blue", "A")
        server.stop()
        try:
            for ask in (
                lambda: add(registry, "blue", "B"),
                lambda: registry.room("blue"),
                lambda: registry.known("blue"),
                lambda: registry.rooms(),
                lambda: registry.room_of_call("A"),
                lambda: registry.digest_of("id-1"),
            ):
                with pytest.raises(Unavailable):
                    ask()
        finally:
            server.start()

        until(lambda: _adds(registry, "blue", "B"), "the registry works again")
        assert list(registry.room("blue").participants) == ["A", "B"]
        assert homes[0].begun == 1, "Redis has kept its data"


def test_where_redis_lost_its_data_the_line_begins_again(
    server: RedisServer, homes: list[QuietHome]
) -> None:
    with process(server, homes[0]) as registry:
        assert add(registry, "blue", "A")
        server.restart(empty=True)
        until(lambda: homes[0].begun == 2, "the home looks for its calls at Telnyx")
        assert registry.room("blue") == Room("blue")
        assert change(registry, "blue", lambda room: replace(put(room, caller("A")), speaker="A"))
        assert list(registry.room("blue").participants) == ["A"]


def test_a_failover_by_sentinels_keeps_the_rooms(tmp_path: Path, homes: list[QuietHome]) -> None:
    with sentinel_trio(tmp_path) as trio, process(trio, homes[0]) as registry:
        assert add(registry, "blue", "A")
        with closing(connect(trio.url)) as client:
            assert client.wait(2, 2000) == 2, "both replicas have the room"
        trio.fail_over()
        until(lambda: _adds(registry, "blue", "B"), "the registry works again")
        assert list(registry.room("blue").participants) == ["A", "B"]
        assert homes[0].begun == 1, "no data was lost"


def _adds(registry: Registry, name: str, call: str) -> bool:
    try:
        return add(registry, name, call)
    except Unavailable:
        return False
