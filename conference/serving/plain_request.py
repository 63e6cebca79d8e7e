"""Reads the head of an ordinary request. gunicorn's parser reads all others, and refuses some.

Ordinary is what Telnyx, browsers and proxies send: any doubt about a head makes it unusual. This
takes a seventh of the parser's time, and with it a call costs a sixth less.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import Any

from gunicorn.config import Config
from gunicorn.http import wsgi

Environ = dict[str, Any]

LONGEST_HEAD = 4000  # bytes; within gunicorn's limits for the first line and each header
MOST_FIELDS = 50
DEFAULTS = (  # settings of gunicorn that change how a head is read
    "casefold_http_method",
    "header_map",
    "limit_request_field_size",
    "limit_request_fields",
    "limit_request_line",
    "protocol",
    "proxy_protocol",
    "strip_header_spaces",
)
ONCE = ("CONTENT_LENGTH", "CONTENT_TYPE")
UNUSUAL = {"HTTP_EXPECT", "HTTP_TRANSFER_ENCODING", "HTTP_UPGRADE"}
CONNECTION = {"", "keep-alive", "close"}

_HEAD = re.compile(
    r"(DELETE|GET|HEAD|PATCH|POST|PUT) (/(?!/)[A-Za-z0-9/._~-]*+)(?:\?([A-Za-z0-9/._~=&%+-]*+))? "
    r"HTTP/1\.1\r\n((?:[A-Za-z0-9-]++:[\t -~]*+\r\n)++)\r\n"
)
_LENGTH = re.compile(r"[0-9]{1,9}")


class PlainRequests:
    """Makes WSGI environments by gunicorn's settings `cfg`.

    trusts: may this address, of a socket, be a proxy's? "*" says so of all of them. is_proxy: is
    this address one of those that are listed? "*" lists none.
    """

    def __init__(self, cfg: Any) -> None:
        defaults = Config()
        usual = all(getattr(cfg, name) == getattr(defaults, name) for name in DEFAULTS)
        self._reads = usual and not os.environ.get("SCRIPT_NAME")
        self._base = wsgi.base_environ(cfg) | {"wsgi.multithread": True, "SCRIPT_NAME": ""}
        self._scheme = "https" if cfg.is_ssl else "http"
        self._scheme_headers = {
            f"HTTP_{name.replace('-', '_')}": value
            for name, value in cfg.secure_scheme_headers.items()
        }
        self.trusts = _trusted(cfg.forwarded_allow_ips)
        self.is_proxy = _trusted([each for each in cfg.forwarded_allow_ips if each != "*"])

    def environ(self, head: bytes, body: bytes, client: Any, server: Any) -> Environ | None:
        """Return the environment of a whole request; None if its head is unusual."""
        match = _HEAD.fullmatch(head.decode("latin-1")) if len(head) <= LONGEST_HEAD else None
        if match is None or not self._reads or isinstance(client, (str, bytes)):
            return None
        method, path, query, fields = match.groups()
        environ = {
            **self._base,
            "wsgi.input": BytesIO(body),
            "wsgi.url_scheme": self._scheme,
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query or "",
            "RAW_URI": path if query is None else f"{path}?{query}",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": client[0],
            "REMOTE_PORT": str(client[1]),
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1]),
        }
        return environ if self._add_fields(environ, fields, client[0]) else None

    def _add_fields(self, environ: Environ, fields: str, client: str) -> bool:
        """Add the headers. Return whether all of them are usual."""
        lines = fields.split("\r\n")[:-1]
        if len(lines) > MOST_FIELDS:
            return False
        for line in lines:
            name, _, value = line.partition(":")
            key = name.upper().replace("-", "_")
            if key not in ONCE:
                key = f"HTTP_{key}"
            if key in environ or key in UNUSUAL:
                return False
            environ[key] = value = value.strip(" \t")
            if key in self._scheme_headers and self.trusts(client):
                environ["wsgi.url_scheme"] = (
                    "https" if value == self._scheme_headers[key] else "http"
                )
        length = environ.get("CONTENT_LENGTH", "0")
        return (
            "HTTP_HOST" in environ
            and _LENGTH.fullmatch(length) is not None
            and environ.get("HTTP_CONNECTION", "").lower() in CONNECTION
            and sum(key in environ for key in self._scheme_headers) <= 1
        )


def _trusted(allowed: list[str]) -> Callable[[str], bool]:
    """Return a test whether a client may name the scheme and the address that it was reached by."""
    networks = [ipaddress.ip_network(each, strict=False) for each in allowed if each != "*"]

    @lru_cache(maxsize=1000)
    def trusts(client: str) -> bool:
        try:
            address = ipaddress.ip_address(client)
        except ValueError:
            return "*" in allowed
        return "*" in allowed or any(address in network for network in networks)

    return trusts
