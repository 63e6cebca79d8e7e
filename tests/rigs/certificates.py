"""Certificates for servers of tests, each signed by itself: to trust one is to trust that server.

They are written by hand, by RFC 8410 and 5280, since nothing that is installed makes them.
"""

from __future__ import annotations

import ssl
import tempfile
from base64 import encodebytes
from ipaddress import ip_address
from pathlib import Path

from nacl.signing import SigningKey


def self_signed(*names: str) -> str:
    """Return a new key and its certificate in PEM. `names`: of hosts, or addresses; may be none."""
    key = SigningKey.generate()
    private = _der(0x30, b"\x02\x01\x00", ED25519, _der(0x04, _der(0x04, bytes(key))))
    return _pem("PRIVATE KEY", private) + _pem("CERTIFICATE", _certificate(key, names))


def server_context(pem: str) -> ssl.SSLContext:
    """Return what a server needs to present the key and certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "both.pem"
        file.write_text(pem)
        context.load_cert_chain(file)
    return context


def _certificate(key: SigningKey, names: tuple[str, ...]) -> bytes:
    name = _der(0x30, _der(0x31, _der(0x30, b"\x06\x03\x55\x04\x03", _der(0x0C, b"nobody"))))
    valid = _der(0x30, _der(0x17, b"200101000000Z"), _der(0x17, b"491231235959Z"))
    public = _der(0x30, ED25519, _der(0x03, b"\x00", bytes(key.verify_key)))
    parts = [b"\x02\x01\x01", ED25519, name, valid, name, public]
    if names:  # version 3, with one extension: the names
        listed = _der(0x30, *(_general_name(each) for each in names))
        extension = _der(0x30, b"\x06\x03\x55\x1d\x11", _der(0x04, listed))
        parts = [b"\xa0\x03\x02\x01\x02", *parts, _der(0xA3, _der(0x30, extension))]
    signed = _der(0x30, *parts)
    return _der(0x30, signed, ED25519, _der(0x03, b"\x00", key.sign(signed).signature))


def _general_name(name: str) -> bytes:
    try:
        return _der(0x87, ip_address(name).packed)
    except ValueError:
        return _der(0x82, name.encode())


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body).to_bytes(2, "big").lstrip(b"\0")  # as few bytes as there can be, or Go objects
    short = len(body) < 128
    length = bytes([len(body)]) if short else bytes([0x80 + len(size)]) + size
    return bytes([tag]) + length + body


def _pem(kind: str, body: bytes) -> str:
    return f"-----BEGIN {kind}-----\n{encodebytes(body).decode()}-----END {kind}-----\n"


ED25519 = _der(0x30, b"\x06\x03\x2b\x65\x70")
