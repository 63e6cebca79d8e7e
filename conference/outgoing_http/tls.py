"""Secures connections by TLS. Certificates and names of hosts are always verified."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from socket import socket
from ssl import (
    MemoryBIO,
    SSLContext,
    SSLSocket,
    SSLWantReadError,
    create_default_context,
    get_default_verify_paths,
)
from typing import TypeVar

_T = TypeVar("_T")


def secure(connection: socket, host: str, seconds: float) -> SSLSocket | TlsInTls:
    """Return the connection secured by TLS to the host, within so many seconds. OSError if not."""
    trusted = trust()
    if isinstance(connection, SSLSocket):
        return TlsInTls(connection, trusted, host, seconds)
    connection.settimeout(seconds)
    return trusted.wrap_socket(connection, server_hostname=host)


def trust() -> SSLContext:
    """Return the authorities that are trusted: the machine's, or SSL_CERT_FILE and SSL_CERT_DIR."""
    return _trust(os.environ.get("SSL_CERT_FILE", ""), os.environ.get("SSL_CERT_DIR", ""))


@lru_cache(maxsize=4)  # reading them takes some milliseconds
def _trust(file: str, folder: str) -> SSLContext:
    context = create_default_context()  # reads both variables
    context.set_alpn_protocols(["http/1.1"])
    if not file and not folder and not _machine_has_authorities():
        with suppress(ImportError):
            import certifi

            context.load_verify_locations(certifi.where())
    return context


def _machine_has_authorities() -> bool:
    paths = get_default_verify_paths()  # without those that do not exist
    return bool(paths.cafile) or (paths.capath is not None and any(Path(paths.capath).iterdir()))


class TlsInTls:
    """TLS to a server through TLS to a proxy, which SSLSocket alone cannot do."""

    def __init__(self, outer: SSLSocket, trusted: SSLContext, host: str, seconds: float) -> None:
        self._outer = outer
        self._received, self._to_send = MemoryBIO(), MemoryBIO()
        self._tls = trusted.wrap_bio(self._received, self._to_send, server_hostname=host)
        self.settimeout(seconds)
        self._run(self._tls.do_handshake)

    def settimeout(self, seconds: float) -> None:
        """Limit the next call as a whole, however many records it needs."""
        self._until = time.monotonic() + seconds

    def recv(self, most: int) -> bytes:
        return self._run(lambda: self._tls.read(most))

    def send(self, data: bytes | memoryview) -> int:
        return self._run(lambda: self._tls.write(data))

    def pending(self) -> int:
        return self._tls.pending() + self._received.pending + self._outer.pending()

    def fileno(self) -> int:
        return self._outer.fileno()

    def close(self) -> None:
        self._outer.close()

    def _run(self, act: Callable[[], _T]) -> _T:
        while True:
            try:
                result = act()
            except SSLWantReadError:
                self._send_records()
                records = self._in_time().recv(16 * 1024)
                if records:
                    self._received.write(records)
                else:
                    self._received.write_eof()
            else:
                self._send_records()
                return result

    def _send_records(self) -> None:
        records = memoryview(self._to_send.read())
        while records:
            records = records[self._in_time().send(records) :]

    def _in_time(self) -> SSLSocket:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._outer.settimeout(left)
        return self._outer
