"""The connection to Redis, with real servers: each form of REDIS_URL, and what may go wrong."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rigs.redis_servers import (
    RedisServer,
    redis_cluster,
    redis_server,
    sentinel_trio,
    watching,
)
from rigs.waiting import until

from conference.registry.redis.connection import connect, reason_against, servers, unavailable
from conference.registry.redis.keys import Keys
from conference.registry.unavailable import Unavailable

PASSWORD = "pass/word@of#redis"
QUOTED = "pass%2Fword%40of%23redis"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


def _works(url: str) -> None:
    """Save and read by a script, as the registry does, and find nothing against it."""
    client = connect(url)
    key = Keys("a-line").of_room("sales", "state")
    with unavailable():
        assert client.eval("return redis.call('set', KEYS[1], ARGV[1])", 1, key, "é") == "OK"
        assert client.get(key) == "é"
    assert reason_against(client) == ""
    client.close()


@contextmanager
def _refused(reason: str) -> Iterator[None]:
    """Expect Unavailable for this reason."""
    with pytest.raises(Unavailable) as refused, unavailable():
        yield
    assert str(refused.value) == reason


def test_one_server_by_tcp_and_by_a_unix_socket(server: RedisServer) -> None:
    _works(server.url)
    _works(server.socket_url)


def test_a_database_of_its_own(server: RedisServer) -> None:
    _works(server.url.replace("/0", "/3"))
    assert server.client().keys() == []


def test_a_database_that_is_not_there(server: RedisServer) -> None:
    client = connect(server.url.replace("/0", "/99"))
    with _refused("Redis does not have this database"):
        client.ping()
    assert reason_against(client).startswith("Redis does not have this database. Correct")


def test_a_password(tmp_path: Path) -> None:
    with redis_server(tmp_path, password=PASSWORD) as server:
        _works(server.url)
        _works(server.url.replace("//:", "//default:"))
        wrong, none = server.url.replace(QUOTED, "wrong"), server.url.replace(f":{QUOTED}@", "")
        correct = "Correct REDIS_URL, or the settings of Redis."
        reason = reason_against(connect(wrong))
        assert reason == f"Redis refuses the user or password. {correct}"
        assert reason_against(connect(none)) == f"Redis needs a password. {correct}"


def test_a_password_that_nobody_asked_for_is_refused(server: RedisServer) -> None:
    url = server.url.replace("//", "//:needless@")
    assert reason_against(connect(url)).startswith("Redis refuses the user or password.")


def test_a_user_without_rights(server: RedisServer) -> None:
    server.client().acl_setuser("reader", enabled=True, passwords=["+secret"], commands=["+get"])
    client = connect(server.url.replace("//", "//reader:secret@"))
    assert reason_against(client).startswith("Redis gives its user no right to use a command.")


def test_tls(tmp_path: Path) -> None:
    with redis_server(tmp_path, tls=True, password=PASSWORD) as server:
        url = server.url
        _works(url)
        with _refused("Redis cannot be reached: TLS fails, certificate verify failed"):
            connect(url.partition("?")[0]).ping()
        with pytest.raises(Unavailable), unavailable():  # closed, or reset
            connect(url.partition("?")[0].replace("rediss", "redis")).ping()


def test_tls_with_a_server_that_does_not_have_it(server: RedisServer) -> None:
    with _refused(
        "Redis does not answer in time"
    ):  # it takes the greeting of TLS for half a command
        connect(server.url.replace("redis", "rediss", 1)).ping()


def test_nobody_listens(server: RedisServer) -> None:
    server.stop()
    with _refused("Redis cannot be reached: connection refused"):
        connect(server.url).ping()
    with pytest.raises(Unavailable):
        reason_against(connect(server.url))


def test_a_host_without_an_address() -> None:
    with pytest.raises(Unavailable) as refused, unavailable():
        connect("redis://redis.invalid").ping()
    assert "redis.invalid" not in str(refused.value)


def test_an_address_that_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with _refused("Redis does not answer in time"):
            connect(f"redis://:word@127.0.0.1:{silent.getsockname()[1]}").ping()


def test_a_server_that_stops_answering_and_goes_on(server: RedisServer) -> None:
    client = connect(f"{server.url}?socket_timeout=0.2")
    client.set("key", "value")
    server.pause()
    with _refused("Redis does not answer in time"):
        client.get("key")
    server.resume()
    assert client.get("key") == "value"


@pytest.mark.parametrize("empty", [False, True])
def test_after_a_restart_the_first_command_on_each_connection_works(
    server: RedisServer, empty: bool
) -> None:
    client = connect(server.url)
    client.set("key", "value")
    pool = client.connection_pool
    for each in [pool.get_connection() for _ in range(5)]:
        pool.release(each)
    server.restart(empty=empty)
    with unavailable():
        taken = [pool.get_connection() for _ in range(5)]  # as five threads at once
        for each in taken:
            each.send_command("GET", "key")
            assert each.read_response() == (None if empty else "value")


def test_a_command_is_sent_once(server: RedisServer) -> None:
    """What was sent may have been carried out: redis-py would send it again up to ten times."""
    client = connect(f"{server.url}?socket_timeout=0.2")
    server.pause()
    with _refused("Redis does not answer in time"):
        client.incr("times")
    server.resume()
    until(lambda: client.get("times") == "1", "the command was carried out, late")


def test_a_policy_that_deletes_rooms_is_refused(tmp_path: Path) -> None:
    with redis_server(tmp_path, policy="allkeys-lru") as server:
        reason = reason_against(connect(server.url))
    assert reason == (
        "Redis's maxmemory-policy is allkeys-lru: it would delete rooms with callers in them "
        "when its memory is full. Set it to noeviction."
    )


@pytest.mark.parametrize("policy", ["noeviction", "volatile-lru", "volatile-ttl"])
def test_other_policies_are_accepted(tmp_path: Path, policy: str) -> None:
    with redis_server(tmp_path, policy=policy) as server:
        assert reason_against(connect(server.url)) == ""


def test_full_memory(tmp_path: Path) -> None:
    with redis_server(tmp_path, "--maxmemory", "1") as server:
        client = connect(server.url)
        with _refused("Redis's memory is full"):
            client.set("key", "value")
        with _refused("Redis's memory is full"):
            client.eval("return redis.call('set', KEYS[1], 'value')", 1, "key")


def test_a_replica_takes_no_writes(tmp_path: Path, server: RedisServer) -> None:
    with redis_server(tmp_path, "--replicaof", "127.0.0.1", str(server.port)) as replica:
        client = connect(replica.url)
        with _refused("Redis is a replica, which takes no writes"):
            client.set("key", "value")
        with _refused("Redis is a replica, which takes no writes"):
            client.eval("return redis.call('set', KEYS[1], 'value')", 1, "key")


def test_a_script_of_redis_6_quotes_the_reason(server: RedisServer) -> None:
    quoted = "ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed."
    with _refused("Redis's memory is full"):
        connect(server.url).eval(f"return redis.error_reply('{quoted}')", 0)


def test_a_mistake_in_a_command_is_not_hidden(server: RedisServer) -> None:
    from redis.exceptions import ResponseError

    client = connect(server.url)
    client.set("OOM", "a word")
    with pytest.raises(ResponseError, match="WRONGTYPE"), unavailable():
        client.lpush("OOM", "value")


def test_sentinels_name_the_primary(tmp_path: Path) -> None:
    with sentinel_trio(tmp_path, password="secret") as trio:
        _works(trio.url)
        _works(f"{trio.url}/2")
        client = connect(trio.url)
        client.set("key", "before")
        assert client.wait(2, 2000) == 2, "both replicas have it"
        first = trio.primary
        trio.fail_over()
        with unavailable():
            assert client.get("key") == "before"
            client.set("key", "after")
        first.start()  # it becomes a replica, and its clients stay with the new primary
        with unavailable():
            assert client.get("key") == "after"
        assert trio.primary.port != first.port
        assert reason_against(client) == ""
        with _refused("no Sentinel of Redis names a primary"):
            connect(trio.url.replace("/line", "/another")).ping()
        for each in trio.sentinels:
            each.kill()
        with _refused("no Sentinel of Redis names a primary"):
            connect(trio.url).ping()


def test_sentinels_and_a_cluster_with_tls(tmp_path: Path) -> None:
    with sentinel_trio(tmp_path, tls=True) as trio:
        _works(trio.url)
        with _refused("no Sentinel of Redis names a primary"):  # without the certificate
            connect(trio.url.partition("?")[0]).ping()
    with redis_cluster(tmp_path, tls=True) as cluster:
        _works(cluster.url)
        with _refused("Redis cannot be reached: TLS fails, certificate verify failed"):
            connect(cluster.url.partition("?")[0]).ping()


def test_sentinels_with_a_password_of_their_own(tmp_path: Path) -> None:
    with (
        redis_server(tmp_path, password="secret") as primary,
        redis_server(
            tmp_path, password="another", sentinel_of=watching(primary.port, "secret")
        ) as sentinel,
    ):
        url = f"redis+sentinel://:secret@127.0.0.1:{sentinel.port}/line"
        _works(f"{url}?sentinel_password=another")
        for wrong in (url, f"{url}?sentinel_password=wrong"):
            reason = reason_against(connect(wrong))
            assert reason.startswith("Redis's Sentinels refuse the user or password.")


def test_a_cluster(tmp_path: Path) -> None:
    with redis_cluster(tmp_path) as cluster:
        _works(cluster.url)
        client = connect(cluster.url)
        keys = [Keys("a-line").of_room(f"room-{number}", "state") for number in range(20)]
        for key in keys:
            client.set(key, key)
        assert [client.get(key) for key in keys] == keys
        assert len(servers(client)) == 3
        cluster.nodes[1].client().config_set("maxmemory-policy", "allkeys-lfu")
        assert "maxmemory-policy is allkeys-lfu" in reason_against(client)
        for node in cluster.nodes:
            node.kill()
        with pytest.raises(Unavailable) as down, unavailable():
            client.get(keys[0])
        assert "127.0.0.1" not in str(down.value)
        for node in cluster.nodes:
            node.start()

        def back() -> bool:
            try:
                with unavailable():
                    return client.get(keys[0]) == keys[0]
            except Unavailable:
                return False

        until(back, "the same client works again")


def test_a_cluster_that_is_none_or_not_there(server: RedisServer) -> None:
    plain = server.url.replace("redis://", "redis+cluster://")
    assert reason_against(connect(plain)).startswith("Redis is not a Cluster. Correct")
    server.stop()
    with _refused("Redis cannot be reached: connection refused"):
        connect(plain).ping()


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:word",
        "redis://127.0.0.1/word",
        "redis://:pass#word@127.0.0.1",
        "redis://127.0.0.1?no_such_option=1",
        "redis://127.0.0.1?socket_timeout=word",
        "redis://127.0.0.1?ssl_cert_reqs=none",  # does nothing without TLS
        "redis+sentinel://127.0.0.1:26379",  # without a service
        "redis+sentinel://127.0.0.1:26379/line/word",
        "redis+sentinel://127.0.0.1:26379/line?no_such_option=1",
        "redis+sentinel://127.0.0.1:word/line",
        "redis+cluster://127.0.0.1/1",
        "redis+cluster://127.0.0.1?no_such_option=1",
        "http://127.0.0.1",
        "127.0.0.1:6379",
    ],
)
def test_a_malformed_address(url: str) -> None:
    with pytest.raises(ValueError, match=r"^is malformed, or has an option") as wrong:
        connect(url)
    assert "127.0.0.1" not in str(wrong.value)


def test_options_of_the_address_prevail(server: RedisServer) -> None:
    options = connect(f"{server.url}?socket_timeout=0.5").connection_pool.connection_kwargs
    assert (options["socket_timeout"], options["socket_connect_timeout"]) == (0.5, 1.0)


def test_keys_of_one_room_are_on_one_node() -> None:
    from redis.crc import key_slot

    keys = Keys("a-line")
    assert keys.of_room("sales", "state") == "conference:a-line:{sales}:state"
    assert keys.of_all("processes") == "conference:a-line:processes"
    slots = {
        key_slot(keys.of_room("sales", what).encode()) for what in ("state", "seen", "journal")
    }
    assert len(slots) == 1
