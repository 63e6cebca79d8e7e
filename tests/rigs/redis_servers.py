"""Real redis-servers as child processes, each with a free port and a folder of its own.

    with redis_server(folder) as server:
        client = connect(server.url)
        server.kill()
        server.start()  # with its data; server.start(empty=True) without

They listen on 127.0.0.1 alone, and use nothing of a Redis that the machine may run. Data is written
to the disk with each command, so that even a kill loses none.
"""

from __future__ import annotations

import itertools
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from rigs.certificates import self_signed
from rigs.servers import free_port
from rigs.waiting import until

redis = pytest.importorskip(
    "redis",
    reason="redis-py is not installed: .venv/bin/pip install -r requirements-dev.txt",
)

PROGRAM = "redis-server"
DURABLE = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
SERVICE = "line"  # as Sentinels call their primary
DOWN_AFTER = 1000  # milliseconds without an answer after which a Sentinel gives a primary up
SLOTS = 16384

_numbers = itertools.count(1)


def program() -> str:
    """Return the path of redis-server. Skip the test where there is none."""
    found = shutil.which(PROGRAM)
    if found is None:
        pytest.skip("no redis-server is installed: apt-get install redis-server")
    return found


def _answered(ask: Callable[[], bool]) -> bool:
    """Return the answer; False while a server cannot be reached, or loads its data."""
    try:
        return ask()
    except redis.ConnectionError:
        return False


def _with_tls(url: str, certificate: Path | None) -> str:
    if certificate is None:
        return url
    return f"{url.replace('redis', 'rediss', 1)}?ssl_ca_certs={certificate}"


@dataclass
class RedisServer:
    """A redis-server. `port`: of TLS, where `certificate` names a file. `arguments`: of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    arguments: tuple[str, ...] = ()
    password: str = ""
    certificate: Path | None = None
    sentinel_of: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        user = f":{quote(self.password, safe='')}@" if self.password else ""
        return _with_tls(f"redis://{user}127.0.0.1:{self.port}/0", self.certificate)

    @property
    def socket_url(self) -> str:
        return f"unix://{self.folder / 'redis.sock'}?db=0"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def client(self) -> redis.Redis:
        """Return a client of redis-py as it is, with none of the product's options."""
        return redis.Redis.from_url(self.url, decode_responses=True)

    def start(self, *, empty: bool = False) -> None:
        """Start on the same port, with its data or without, and wait until it serves."""
        assert self.process is None
        if empty:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program(), *self._configuration()],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until(lambda: _answered(self._ready), f"{PROGRAM} serves on {self.port}")

    def _configuration(self) -> list[str]:
        listen = ["--port", str(self.port)]
        if self.certificate:
            file = str(self.certificate)
            listen = ["--port", "0", "--tls-port", str(self.port), "--tls-auth-clients", "no"]
            listen += ["--tls-cert-file", file, "--tls-key-file", file, "--tls-ca-cert-file", file]
        secret = ["--requirepass", self.password] if self.password else []
        common = ["--bind", "127.0.0.1", *listen, *secret]
        if self.sentinel_of:
            file = self.folder / "sentinel.conf"  # a Sentinel writes into it
            file.write_text(self.sentinel_of)
            return [str(file), "--sentinel", *common]
        unix = ["--unixsocket", str(self.folder / "redis.sock"), "--unixsocketperm", "700"]
        return [*common, *unix, *DURABLE, *self.arguments]

    def _ready(self) -> bool:
        assert self.process and self.process.poll() is None, f"it ended:\n{self.log}"
        with self.client() as client:
            return bool(client.ping())

    def stop(self) -> None:
        """End as an operator ends it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(signal.SIGCONT)  # one that is paused ends as well
            self.process.send_signal(number)
            self.process.wait(10)
            self.process = None

    def restart(self, *, empty: bool = False) -> None:
        """Kill and start again, with its data or without."""
        self.kill()
        self.start(empty=empty)

    def pause(self) -> None:
        """Answer nothing, with all connections open, until `resume`."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def redis_server(
    folder: Path,
    *arguments: str,
    password: str = "",
    tls: bool = False,
    policy: str = "noeviction",
    sentinel_of: str = "",
) -> Iterator[RedisServer]:
    """Start a server. `arguments`: of redis-server's own. It ends with the block.

    folder: of the test; the server's is within. tls: with a certificate for 127.0.0.1, which all
    servers in the folder share.
    policy: maxmemory-policy. sentinel_of: the configuration of a Sentinel.
    """
    own = folder / f"redis-{next(_numbers)}"
    certificate = folder / "redis.pem" if tls else None
    if certificate and not certificate.exists():
        certificate.write_text(self_signed("127.0.0.1"))
    server = RedisServer(
        own,
        arguments=(*arguments, "--maxmemory-policy", policy),
        password=password,
        certificate=certificate,
        sentinel_of=sentinel_of,
    )
    try:
        server.start()
        yield server
    finally:
        server.kill()


@dataclass
class Trio:
    """A primary with two replicas, and three Sentinels that watch them."""

    servers: Sequence[RedisServer]
    sentinels: Sequence[RedisServer]
    password: str = ""

    @property
    def url(self) -> str:
        user = f":{quote(self.password, safe='')}@" if self.password else ""
        nodes = ",".join(f"127.0.0.1:{each.port}" for each in self.sentinels)
        url = f"redis+sentinel://{user}{nodes}/{SERVICE}"
        return _with_tls(url, self.sentinels[0].certificate)

    @property
    def primary(self) -> RedisServer:
        """The server that the Sentinels name."""
        with self.sentinels[0].client() as sentinel:
            _, port = sentinel.sentinel_get_master_addr_by_name(SERVICE)
        return next(each for each in self.servers if each.port == int(port))

    def fail_over(self) -> RedisServer:
        """Kill the primary and wait until all Sentinels name another. Return the killed one."""
        killed = self.primary
        killed.kill()
        until(lambda: all(self._named_by(each) != killed.port for each in self.sentinels))
        return killed

    def _named_by(self, sentinel: RedisServer) -> int:
        with sentinel.client() as client:
            return int(client.sentinel_get_master_addr_by_name(SERVICE)[1])

    def _watched(self) -> bool:
        """Return whether each Sentinel knows both replicas and both other Sentinels."""
        for each in self.sentinels:
            with each.client() as client:
                found = client.sentinel_master(SERVICE)
            if (found["num-slaves"], found["num-other-sentinels"]) != (2, 2):
                return False
        return True


@contextmanager
def sentinel_trio(folder: Path, password: str = "", *, tls: bool = False) -> Iterator[Trio]:
    """Start three servers and three Sentinels, and wait until they know each other."""
    with ExitStack() as stack:
        common = ["--masterauth", password] if password else []
        common += ["--tls-replication", "yes"] if tls else []

        def server(*arguments: str) -> RedisServer:
            given = redis_server(folder, *arguments, *common, password=password, tls=tls)
            return stack.enter_context(given)

        first = server("--repl-diskless-sync-delay", "0")
        replica = ("--replicaof", "127.0.0.1", str(first.port), "--repl-diskless-sync-delay", "0")
        servers = [first, server(*replica), server(*replica)]
        watched = watching(first.port, password)
        watched += "tls-replication yes\n" if tls else ""
        sentinels = (redis_server(folder, tls=tls, sentinel_of=watched) for _ in range(3))
        trio = Trio(servers, [stack.enter_context(each) for each in sentinels], password)
        until(lambda: _answered(trio._watched), "the Sentinels know each other and the replicas")
        yield trio


def watching(port: int, password: str = "") -> str:
    """Return the configuration of a Sentinel that watches the primary on this port."""
    lines = [
        f"monitor {SERVICE} 127.0.0.1 {port} 2",
        f"down-after-milliseconds {SERVICE} {DOWN_AFTER}",
        f"failover-timeout {SERVICE} 5000",
        *([f"auth-pass {SERVICE} {password}"] if password else []),
    ]
    return "".join(f"sentinel {line}\n" for line in lines)


@dataclass
class Cluster:
    """Three primaries without replicas, each with a third of the slots."""

    nodes: Sequence[RedisServer]

    @property
    def url(self) -> str:
        nodes = ",".join(f"127.0.0.1:{each.port}" for each in self.nodes)
        return _with_tls(f"redis+cluster://{nodes}", self.nodes[0].certificate)


@contextmanager
def redis_cluster(folder: Path, *, tls: bool = False) -> Iterator[Cluster]:
    """Start three nodes, and wait until each serves the Cluster."""
    own = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]
    own += ["--tls-cluster", "yes"] if tls else []
    with ExitStack() as stack:
        nodes = []
        for _ in range(3):
            bus = ("--cluster-port", str(free_port()))  # the usual one may be above 65535
            nodes.append(stack.enter_context(redis_server(folder, *own, *bus, tls=tls)))
        _join(nodes)

        def serve() -> bool:
            return all(map(_serves, nodes))

        until(lambda: _answered(serve), "each node serves the Cluster")
        yield Cluster(nodes)


def _join(nodes: Sequence[RedisServer]) -> None:
    bounds = [SLOTS * each // len(nodes) for each in range(len(nodes) + 1)]
    for node, (begin, end) in zip(nodes, itertools.pairwise(bounds), strict=True):
        with node.client() as client:
            client.execute_command("CLUSTER ADDSLOTSRANGE", begin, end - 1)
            for other in nodes:
                bus = other.arguments[other.arguments.index("--cluster-port") + 1]
                client.execute_command("CLUSTER MEET", "127.0.0.1", other.port, bus)


def _serves(node: RedisServer) -> bool:
    with node.client() as client:
        found = client.execute_command("CLUSTER INFO")
    text = found if isinstance(found, str) else str(found)
    return "cluster_state:ok" in text or "'cluster_state': 'ok'" in text
