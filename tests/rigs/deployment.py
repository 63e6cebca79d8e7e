"""What docs/deployment.md shows: unit files and configurations of proxies; and their use in tests.

    with NGINX.before(server, folder) as front:
        assert front.sends("POST", "/webhook", body, headers).status == 200
        print(front.log)

A configuration runs as the page shows it: only ports, paths and the certificate differ.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest
from rigs.certificates import self_signed
from rigs.documents import PAGES
from rigs.servers import Server, free_port
from rigs.waiting import until

SHOWN = dict(
    re.findall(r"^```\w+\n# (/\S+)\n(.*?)^```$", PAGES["deployment"], re.DOTALL | re.MULTILINE)
)
"""The files that the page shows, by their paths."""

SOCKET = SHOWN["/etc/systemd/system/conference-line.socket"]
SERVICE = SHOWN["/etc/systemd/system/conference-line.service"]

ABROAD = "127.0.0.2"
"""An address of this machine that gunicorn takes for a stranger's: 127.0.0.1 may be a proxy's."""


def unit(text: str) -> dict[str, list[str]]:
    """The values of each field of a unit file, in their order."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        fields.setdefault(name, []).append(value)
    return fields


def changed(text: str, changes: dict[str, str]) -> str:
    """Replace each of these, in their order; all must be there."""
    for before, after in changes.items():
        assert before in text, f"the page does not show {before!r}"
        text = text.replace(before, after)
    return text


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Front:
    """A proxy that runs before a server, with TLS."""

    port: int
    folder: Path

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def log(self) -> str:
        """All that it has written."""
        return "".join(each.read_text() for each in sorted(self.folder.glob("*.log")))

    def connection(self, client: str = ABROAD) -> http.client.HTTPSConnection:
        """A connection from an address, to the certificate that is not verified."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection(
            "localhost", self.port, timeout=20, context=context, source_address=(client, 0)
        )

    def sends(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request, in chunks if the body comes in pieces without a Content-Length."""
        with closing(self.connection()) as connection:
            connection.request(method, path, body, headers or {})
            with connection.getresponse() as found:
                return Answer(found.status, found.headers, found.read())


@dataclass(frozen=True)
class Proxy:
    """A program, its configuration by the page, and the arguments to run it by its file.

    configured: returns the configuration for a folder, the proxy's port, and the server's.
    """

    program: str
    package: str
    configured: Callable[[Path, int, int], str]
    arguments: Callable[[Path], list[str]]

    @contextmanager
    def before(self, server: Server, folder: Path) -> Iterator[Front]:
        """Run it until the block ends. Skip the test where it is not installed."""
        found = shutil.which(self.program) or shutil.which(self.program, path="/usr/sbin")
        if found is None:
            pytest.skip(f"{self.program} is not installed: apt-get install {self.package}")
        folder.mkdir()
        front = Front(free_port(), folder)
        (folder / "both.pem").write_text(self_signed("localhost"))
        file = folder / "configuration"
        file.write_text(self.configured(folder, front.port, server.port))
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
        with (folder / "own.log").open("wb") as log:
            process = subprocess.Popen(
                [found, *self.arguments(file)],
                cwd=folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            until(lambda: _answers(front, process), "the proxy answers")
            yield front
        finally:
            process.terminate()
            process.wait(10)


def _answers(front: Front, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, front.log
    try:
        return front.sends("GET", "/healthz").status == 200
    except OSError:
        return False


def _nginx(folder: Path, port: int, server: int) -> str:
    shown = changed(
        SHOWN["/etc/nginx/conf.d/conference-line.conf"],
        {
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "listen [::]:443 ssl http2;": "",
            "server 127.0.0.1:5000;": f"server 127.0.0.1:{server};",
            "/etc/letsencrypt/live/line.example.com/fullchain.pem": f"{folder}/both.pem",
            "/etc/letsencrypt/live/line.example.com/privkey.pem": f"{folder}/both.pem",
            "/var/log/nginx/": f"{folder}/",
        },
    )
    folders = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = (
        "user root;\n" if os.geteuid() == 0 else ""
    )  # nobody else can write to the tests' folders
    own = f"{user}daemon off;\npid {folder}/pid;\nevents {{}}\n"
    return f"{own}http {{\n{folders}{shown}}}\n"


def _caddy(folder: Path, port: int, server: int) -> str:
    return changed(
        SHOWN["/etc/caddy/Caddyfile"],
        {
            "{\n\tlog {": "{\n\tadmin off\n\tauto_https disable_redirects\n\tlog {",
            "line.example.com {": f"https://localhost:{port} {{\n\ttls {folder}/both.pem "
            f"{folder}/both.pem",
            "127.0.0.1:5000": f"127.0.0.1:{server}",
        },
    )


NGINX = Proxy(
    program="nginx",
    package="nginx-light",
    configured=_nginx,
    arguments=lambda file: ["-e", "stderr", "-c", str(file)],
)
CADDY = Proxy(
    program="caddy",
    package="caddy",
    configured=_caddy,
    arguments=lambda file: ["run", "--adapter", "caddyfile", "--config", str(file)],
)
