"""Connects to Redis, and turns what goes wrong there into reasons.

redis-py by default repeats a command up to ten times, also one that may have been carried out, and
waits 5 s for each answer. Here a command is sent once. A connection that Redis closed meanwhile,
at a restart for example, is replaced before a command is sent on it: the pool sees to that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ssl import SSLError
from threading import Lock
from typing import Any, NamedTuple, cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.connection import ConnectionPool
from redis.exceptions import (
    AuthenticationError,
    ConnectionError,
    RedisClusterException,
    RedisError,
    ResponseError,
    TimeoutError,
)
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel

from conference.registry.redis.address import Address, parse
from conference.registry.unavailable import Unavailable

CONNECT, ANSWER = 1.0, 2.0  # seconds
OF_SENTINELS = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}  # seconds; there are several
OLDEST = (6, 2)

OPTIONS: dict[str, Any] = {
    "decode_responses": True,
    "socket_connect_timeout": CONNECT,
    "socket_timeout": ANSWER,
    "protocol": 2,  # with 3, the pool does not notice what is left unread on a connection
    "driver_info": None,  # else each new connection waits for two more answers
    "max_connections": 1200,  # more than THREADS can be; beyond, redis-py refuses a command
}
"""Of each connection; those in REDIS_URL prevail."""


def _once() -> Retry:
    return Retry(NoBackoff(), retries=0)


def connect(url: str) -> Redis:
    """Return a client that connects at its first command. All threads may use it.

    ValueError if the address is malformed. A client of a Cluster has the same commands.
    """
    address = parse(url)
    return CLIENTS[address.form](address, {**OPTIONS, **address.options})


def _of_one(address: Address, options: dict[str, Any]) -> Redis:
    return Redis.from_pool(ConnectionPool(retry=_once(), **options))


def _of_sentinels(address: Address, options: dict[str, Any]) -> Redis:
    """Return a client of the primary that the Sentinels name at each new connection."""
    tls = {name: value for name, value in options.items() if name.startswith("ssl_")}
    own = {**OF_SENTINELS, **tls, **(address.of_sentinels or {}), "ssl": address.tls, "protocol": 2}
    sentinels = Sentinel(address.nodes, sentinel_kwargs={"retry": _once(), **own})
    client = sentinels.master_for(address.service, retry=_once(), ssl=address.tls, **options)
    return cast(Redis, client)


def _of_cluster(address: Address, options: dict[str, Any]) -> Redis:
    def make() -> RedisCluster:
        nodes = [ClusterNode(*node) for node in address.nodes]
        return RedisCluster(
            startup_nodes=nodes,
            retry=_once(),
            require_full_coverage=False,  # rooms of the other nodes go on
            ssl=address.tls,
            **options,
        )

    return cast(Redis, LazyCluster(make))


CLIENTS = {"": _of_one, "sentinel": _of_sentinels, "cluster": _of_cluster}


class LazyCluster:
    """A RedisCluster that is made when it is first used, since redis-py connects at once."""

    def __init__(self, make: Callable[[], RedisCluster]) -> None:
        self._make = make
        self._made: RedisCluster | None = None
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return getattr(self._made, name)

    def close(self) -> None:
        """Close the connections, if there are any."""
        if self._made is not None:
            self._made.close()


class Fault(NamedTuple):
    """Why Redis is of no use. `lasts`: until somebody changes its settings or ours."""

    reason: str
    lasts: bool = False


FAULTS = {
    "BUSY": Fault("Redis is busy with a script"),
    "CLUSTERDOWN": Fault("a part of the Redis Cluster is down"),
    "DENIED": Fault("Redis is in protected mode, which refuses other machines", lasts=True),
    "LOADING": Fault("Redis is still loading its data"),
    "MASTERDOWN": Fault("Redis is a replica without its primary"),
    "MISCONF": Fault("Redis cannot save to its disk, and takes no writes"),
    "NOAUTH": Fault("Redis needs a password", lasts=True),
    "NOPERM": Fault("Redis gives its user no right to use a command", lasts=True),
    "NOREPLICAS": Fault("Redis has too few replicas, and takes no writes"),
    "OOM": Fault("Redis's memory is full"),
    "READONLY": Fault("Redis is a replica, which takes no writes"),
    "TRYAGAIN": Fault("the Redis Cluster moves its data"),
    "WRONGPASS": Fault("Redis refuses the user or password", lasts=True),
}
"""By the code at the beginning of an error, or where a script of Redis 6 quotes the error."""

CODE = re.compile(rf"(?:^|[\s:]-)({'|'.join(FAULTS)})\b")
WRONG_DB = re.compile("DB index is out of range|SELECT is not allowed in cluster mode")


class Refused(Unavailable):
    """Redis cannot be used until somebody changes its settings or ours."""


@contextmanager
def unavailable() -> Iterator[None]:
    """Raise Unavailable instead of redis-py's errors, except for mistakes in a command."""
    try:
        yield
    except (RedisError, RedisClusterException) as error:
        fault = _fault(error)
        if fault is None:
            raise
        raise (Refused if fault.lasts else Unavailable)(fault.reason) from error


def _fault(error: BaseException | None) -> Fault | None:
    """Return why Redis is of no use; None if the error has another meaning."""
    if found := CODE.search(f"{getattr(error, 'status_code', None) or ''} {error}".lstrip()):
        return FAULTS[found[1]]
    match error:
        case AuthenticationError():
            return FAULTS["WRONGPASS"]
        case TimeoutError():
            return Fault("Redis does not answer in time")
        case MasterNotFoundError() if AuthenticationError.__name__ in str(error):
            return Fault("Redis's Sentinels refuse the user or password", lasts=True)
        case MasterNotFoundError():
            return Fault("no Sentinel of Redis names a primary")
        case ConnectionError():
            return Fault(f"Redis cannot be reached: {_of_the_network(error.__context__)}")
        case RedisClusterException():
            if "Cluster mode is not enabled" in str(error):
                return Fault("Redis is not a Cluster", lasts=True)
            return _fault(error.__cause__) or Fault("the Redis Cluster is not complete")
        case ResponseError() if WRONG_DB.search(str(error)):
            return Fault("Redis does not have this database", lasts=True)
    return None


def _of_the_network(error: BaseException | None) -> str:
    """Return the reason of the system, without the address that redis-py puts into its text."""
    match error:
        case SSLError():
            return f"TLS fails, {(error.reason or 'unknown').replace('_', ' ').lower()}"
        case OSError(strerror=str(reason)) if reason:
            return reason[:1].lower() + reason[1:]
    return "the connection was closed"


def read_all(client: Redis, keys: Sequence[str]) -> list[str | None]:
    """Return the texts of these keys in one step; None for one that is absent. Unavailable.

    On a Cluster each node with some of the keys is read.
    """
    with unavailable():
        if isinstance(client, LazyCluster):
            found = client.mget_nonatomic(keys)
        else:
            found = client.mget(keys)
    return [None if text is None else str(text) for text in found]


def reason_against(client: Redis) -> str:
    """Return why this Redis must not be used, with what to do; empty if there is nothing.

    Unavailable if it cannot be asked now.
    """
    try:
        return next(filter(None, map(_against, servers(client))), "")
    except Refused as refused:
        return f"{refused}. Correct REDIS_URL, or the settings of Redis."


def servers(client: Redis) -> list[dict[str, Any]]:
    """Return Redis's INFO: one, or that of each primary of a Cluster. Unavailable without it."""
    with unavailable():
        if isinstance(client, LazyCluster):
            each: dict[str, Any] = client.info(target_nodes=RedisCluster.PRIMARIES)
            return [*each.values()]
        return [client.info()]


def _against(info: dict[str, Any]) -> str:
    policy, version = str(info["maxmemory_policy"]), str(info["redis_version"])
    if policy.startswith("allkeys-"):
        return (
            f"Redis's maxmemory-policy is {policy}: it would delete rooms with callers in them "
            "when its memory is full. Set it to noeviction."
        )
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST:
        return f"Redis has version {version}, and 6.2 or newer is needed."
    return ""
