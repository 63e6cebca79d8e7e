"""Ordinary heads are read as gunicorn's parser reads them; all others are left to that parser."""

from __future__ import annotations

from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http import get_parser, wsgi
from rigs.heads import PLAIN, UNUSUAL

from conference.serving.plain_request import PlainRequests

BODY = b"{}"
PROXY, STRANGER, SERVER = ("127.0.0.1", 4711), ("192.0.2.7", 4711), ("127.0.0.1", 5000)
OF_GUNICORN = {"gunicorn.socket", "wsgi.early_hints", "wsgi.errors", "wsgi.input"}


class Ignored:
    """Takes what gunicorn would send at once."""

    def send(self, data: bytes) -> None:
        pass


def by_gunicorn(head: bytes, client: tuple[str, int], cfg: Config) -> dict[str, Any]:
    request = next(get_parser(cfg, [head + BODY], client))
    _, environ = wsgi.create(request, Ignored(), client, SERVER, cfg)
    return environ | {"wsgi.multithread": True, "body": environ["wsgi.input"].read()}


def comparable(environ: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in environ.items() if key not in OF_GUNICORN}


@pytest.mark.parametrize("client", [PROXY, STRANGER], ids=["proxy", "stranger"])
@pytest.mark.parametrize("name", PLAIN)
def test_an_ordinary_head_comes_to_what_gunicorn_makes_of_it(
    name: str, client: tuple[str, int]
) -> None:
    length = int(b"Content-Length: 2" in PLAIN[name]) * 2
    found = PlainRequests(Config()).environ(PLAIN[name], BODY[:length], client, SERVER)
    assert found is not None
    body = found["wsgi.input"].read()
    assert comparable(found | {"body": body}) == comparable(
        by_gunicorn(PLAIN[name], client, Config())
    )


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_head_is_left_to_gunicorn(name: str) -> None:
    assert PlainRequests(Config()).environ(UNUSUAL[name], b"", PROXY, SERVER) is None


@pytest.mark.parametrize(
    ("setting", "value"),
    [("limit_request_fields", 1), ("header_map", "refuse"), ("proxy_protocol", True)],
)
def test_where_gunicorn_is_set_otherwise_it_reads_all_heads(setting: str, value: Any) -> None:
    cfg = Config()
    cfg.set(setting, value)
    assert PlainRequests(cfg).environ(PLAIN["a webhook"], BODY, PROXY, SERVER) is None


def test_whose_word_on_the_scheme_counts_can_be_set() -> None:
    cfg = Config()
    cfg.set("forwarded_allow_ips", "192.0.2.0/24")
    plain = PlainRequests(cfg)
    for client in (PROXY, STRANGER):
        found = plain.environ(PLAIN["by a proxy"], b"", client, SERVER)
        assert found is not None
        assert (
            found["wsgi.url_scheme"]
            == by_gunicorn(PLAIN["by a proxy"], client, cfg)["wsgi.url_scheme"]
        )
        assert found["wsgi.url_scheme"] == ("https" if client is STRANGER else "http")
