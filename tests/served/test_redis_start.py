"""What the start says of Redis: with the real gunicorn, `flask run`, and redis-server."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from rigs.recorded import PUBLIC_KEY
from rigs.redis_servers import RedisServer, redis_server
from rigs.servers import FLASK_RUN, GUNICORN, ends, free_port, run
from rigs.waiting import until

from conference.doctor import Finding, examine
from conference.settings import make, read

SERVERS = pytest.mark.parametrize("command", [GUNICORN, FLASK_RUN], ids=["gunicorn", "flask run"])
GOOD = {"TELNYX_API_KEY": "KEY_simulated", "TELNYX_PUBLIC_KEY": PUBLIC_KEY}
PASSWORD = "s3cret"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis"), password=PASSWORD) as server:
        yield server


@SERVERS
@pytest.mark.parametrize(
    ("policy", "url", "reason"),
    [
        ("allkeys-lru", "{url}", "Redis's maxmemory-policy is allkeys-lru: it would delete rooms"),
        ("noeviction", "{wrong}", "Redis refuses the user or password. Correct REDIS_URL"),
        ("noeviction", "{url}?no_such=1", "is malformed, or has an option that redis-py does not"),
    ],
    ids=["policy", "password", "option"],
)
def test_a_redis_that_must_not_be_used_ends_the_start(
    tmp_path: Path, server: RedisServer, command: list[str], policy: str, url: str, reason: str
) -> None:
    with server.client() as client:
        client.config_set("maxmemory-policy", policy)
    given = url.format(url=server.url, wrong=server.url.replace(PASSWORD, f"not-{PASSWORD}"))
    port = str(free_port())
    bind = {"GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{port}", "FLASK_RUN_PORT": port}
    ended = ends(command, tmp_path, REDIS_URL=given, **bind, **GOOD)
    assert ended.returncode == 2, ended.stdout
    assert f"  REDIS_URL: {reason}" in ended.stdout
    assert PASSWORD not in ended.stdout and "Traceback" not in ended.stdout
    assert "istening" not in ended.stdout


def test_without_redis_the_start_warns_once_and_goes_on(tmp_path: Path) -> None:
    url = f"redis://:{PASSWORD}@127.0.0.1:{free_port()}"
    with run(GUNICORN, tmp_path, REDIS_URL=url, WEB_CONCURRENCY="2") as server:
        server.up()
        assert len(server.workers) == 2
        warned = "Redis cannot be reached: connection refused. Calls are served when it answers"
        started = "Telnyx must send webhooks to POST /webhook"
        until(lambda: started in server.log, "the first worker serves")  # perhaps after the second
        assert server.end() == 0
        assert (server.log.count(warned), server.log.count(started)) == (1, 1)
        assert PASSWORD not in server.log


def test_servers_that_share_redis_run_side_by_side(tmp_path: Path, server: RedisServer) -> None:
    with server.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
    given = {"REDIS_URL": server.url, "TELNYX_CONNECTION_ID": "shared"}
    with run(GUNICORN, tmp_path, **given) as first, run(GUNICORN, tmp_path, **given) as second:
        first.up()
        second.up()
        assert (first.ask("GET", "/healthz"), second.ask("GET", "/healthz")) == (200, 200)
        assert "waiting 15 s" not in first.log + second.log


def test_a_reload_examines_redis_again(tmp_path: Path, server: RedisServer) -> None:
    with run(GUNICORN, tmp_path, REDIS_URL=server.url) as line, server.client() as client:
        line.up()
        client.config_set("maxmemory-policy", "allkeys-lru")
        workers = line.workers
        line.process.send_signal(signal.SIGHUP)
        refused = "not reloaded, the server goes on with its old settings: REDIS_URL: Redis's"
        until(lambda: refused in line.log, "the reload is refused")
        client.config_set("maxmemory-policy", "noeviction")
        assert line.workers == workers
        assert line.ask("GET", "/healthz") == 200


def _examined(url: str) -> Finding:
    settings = make(telnyx_api_key="KEY", telnyx_base_url=f"{NOWHERE}/v2", redis_url=url)
    (found,) = (each for each in examine(settings) if each.check == "Redis")
    return found


def test_the_doctor_examines_redis(server: RedisServer) -> None:
    with server.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        version = client.info("server")["redis_version"]
        good = f"version {version} answers; its maxmemory-policy is noeviction"
        assert _examined(server.url) == Finding("redis.ok", "Redis", "ok", good)
        client.config_set("maxmemory-policy", "allkeys-random")
        bad = _examined(server.url)
    assert (bad.fact, bad.todo) == ("redis.unusable", "Until then the server does not start.")
    assert "maxmemory-policy is allkeys-random" in bad.what
    nowhere = _examined(f"redis://:{PASSWORD}@127.0.0.1:{free_port()}")
    assert nowhere == Finding(
        *("redis.out-of-reach", "Redis", "failure", "Redis cannot be reached: connection refused"),
        "Start Redis, or correct REDIS_URL.",
    )


def test_an_address_that_is_kept_nowhere_when_it_is_malformed() -> None:
    settings = read(GOOD | {"REDIS_URL": f"redis://:{PASSWORD}@127.0.0.1/word"})
    assert settings.redis_url == ""
    (problem,) = settings.problems
    assert str(problem) == (
        "REDIS_URL: is malformed, or has an option that redis-py does not have."
    )
