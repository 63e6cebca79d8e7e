"""Reads REDIS_URL: one server, Sentinels, or a Cluster, with the options of redis-py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from redis.connection import Connection, SSLConnection, parse_url

NODES = re.compile(
    r"(?P<scheme>rediss?)\+(?P<form>sentinel|cluster)://"
    r"((?P<user>[^@/?#]*)@)?(?P<hosts>[^@/?#]+)(/(?P<path>[^?#]*))?(\?(?P<query>[^#]*))?"
)
ONE = re.compile(r"rediss?://[^/?#]*(/\d{0,5})?(\?[^#]*)?|unix://[^#]*")
SERVICE = re.compile(r"(?P<service>[^/]+)(/(?P<db>\d{1,5}))?")
PORTS = {"sentinel": 26379, "cluster": 6379}
OF_THE_POOL = ("max_connections", "timeout")
OF_SENTINELS = ("sentinel_username", "sentinel_password")


@dataclass(frozen=True, slots=True)
class Address:
    """An address in parts. `form`: "", "sentinel" or "cluster".

    `options`: of redis-py's connections, user and password included. `nodes`: Sentinels, or some
    nodes of a Cluster. `of_sentinels`: user and password of the Sentinels themselves.
    """

    form: str
    options: dict[str, Any]
    tls: bool = False
    nodes: tuple[tuple[str, int], ...] = ()
    service: str = ""
    of_sentinels: dict[str, str] | None = None


def parse(url: str) -> Address:
    """Return the parts of REDIS_URL. ValueError, without any part of it, if it is malformed."""
    try:
        found = NODES.fullmatch(url)
        address = _several(found) if found else _one(url)
        _check(address)
    except (ValueError, TypeError, AttributeError):
        raise ValueError("is malformed, or has an option that redis-py does not have.") from None
    return address


def _one(url: str) -> Address:
    if not ONE.fullmatch(url):
        raise ValueError  # redis-py reads "/word" as database 0
    return Address("", parse_url(url))


def _several(found: re.Match[str]) -> Address:
    """Return the address of several nodes, for which redis-py has no form."""
    form, tls = found["form"], found["scheme"] == "rediss"
    user = f"{found['user']}@" if found["user"] else ""
    options = parse_url(f"{found['scheme']}://{user}?{found['query'] or ''}")
    options.pop("connection_class", None)
    own = {name.removeprefix("sentinel_"): options.pop(name, None) for name in OF_SENTINELS}
    nodes = tuple(_node(host, PORTS[form]) for host in found["hosts"].split(","))
    if form == "cluster":
        if (found["path"] or "0") != "0":
            raise ValueError  # a Cluster has only database 0
        return Address(form, options, tls, nodes)
    service = SERVICE.fullmatch(found["path"] or "")
    if service is None:
        raise ValueError
    options.setdefault("db", int(service["db"] or 0))
    return Address(form, options, tls, nodes, service["service"], own)


def _node(host: str, port: int) -> tuple[str, int]:
    found = parse_url(f"redis://{host}")
    return found["host"], found.get("port", port)


def _check(address: Address) -> None:
    """Make a connection, unconnected: it raises for an option that it does not have."""
    options = {name: value for name, value in address.options.items() if name not in OF_THE_POOL}
    usual = SSLConnection if address.tls else Connection
    options.pop("connection_class", usual)(**options)
