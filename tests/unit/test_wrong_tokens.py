"""Wrong tokens are slowed down and logged at a bounded rate; a right one still counts."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest
from gunicorn.config import Config
from rigs.console import BEARER, browser
from rigs.lines import TestLine, test_line
from rigs.people import TOKEN

from conference.reporting.rate_limited_log import RateLimitedLog
from conference.serving.client_address import client_address
from conference.serving.plain_request import PlainRequests
from conference.web.access import may_wait
from conference.web.problems import Problem
from conference.web.token_counts import KNOWN, MOST_ADDRESSES, WINDOW, MemoryTokenCounts
from conference.web.wrong_tokens import FREE, HELD, WrongTokens, seats

A, B = "192.0.2.1", "192.0.2.2"
SLOWED = "too many"


@dataclass
class Trial:
    """Tokens that come in, with a clock of its own. While one is held, `meanwhile` comes."""

    seats: int = 1
    now: float = 1000.0
    paused: list[float] = field(default_factory=list)
    meanwhile: list[tuple[str, str]] = field(default_factory=list)
    found: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        log = RateLimitedLog(lambda: self.now)
        counts = MemoryTokenCounts(lambda: self.now)
        self.tokens = WrongTokens(TOKEN, log, self.seats, counts, self.pause)

    def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        while self.meanwhile:
            self.found.append(self.comes(*self.meanwhile.pop()))

    def comes(self, token: str, client: str = A) -> bool | str:
        try:
            return self.tokens.is_right(token, client)
        except Problem as problem:
            assert (problem.status, problem.body["type"]) == (
                429,
                "/problems/too-many-wrong-tokens",
            )
            assert problem.retry_after is not None and 0 < problem.retry_after <= WINDOW
            return SLOWED

    def wrong(self, times: int, client: str = A) -> list[bool | str]:
        return [self.comes("x", client) for _ in range(times)]


def test_ten_wrong_ones_are_free_in_a_minute() -> None:
    trial = Trial()
    assert trial.wrong(FREE + 3) == [False] * FREE + [SLOWED] * 3
    assert trial.paused == [HELD] * 3
    trial.now += WINDOW
    assert trial.wrong(1) == [False]


def test_a_right_one_counts_after_any_number_of_wrong_ones() -> None:
    trial = Trial()
    trial.wrong(200)
    assert trial.comes(TOKEN) is True
    assert len(trial.paused) == 200 - FREE, "and it is not held"


def test_another_token_may_be_right_for_a_request() -> None:
    tokens = WrongTokens(TOKEN, RateLimitedLog())
    assert [tokens.is_right(each, A, "another") for each in (TOKEN, "another", "")] == [
        *(True, True, False)
    ]
    assert not tokens.is_right("another", A)


def test_an_empty_token_opens_nothing() -> None:
    tokens = WrongTokens("", RateLimitedLog())
    assert not tokens.is_right("", A)
    assert not tokens.is_right("", A, "another")


def test_each_wrong_one_is_counted() -> None:
    wrong: list[None] = []
    tokens = WrongTokens(TOKEN, RateLimitedLog(), on_wrong=lambda: wrong.append(None))
    for given in ("x", TOKEN, "y"):
        tokens.is_right(given, A)
    assert len(wrong) == 2


def test_addresses_count_apart() -> None:
    trial = Trial()
    trial.wrong(FREE + 1, A)
    assert trial.wrong(1, B) == [False]


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "not an address", True),
    ],
)
def test_a_network_of_ipv6_counts_as_one_address(one: str, other: str, together: bool) -> None:
    trial = Trial()
    trial.wrong(FREE, one)
    assert trial.comes("x", other) == (SLOWED if together else False)


def test_without_a_seat_no_token_is_compared() -> None:
    trial = Trial(seats=1)
    trial.wrong(FREE)
    trial.meanwhile = [("x", A), (TOKEN, A), (TOKEN, B), ("x", B)]
    assert trial.comes("x") == SLOWED
    assert trial.found == [False, True, SLOWED, SLOWED], "from B, which sent few, all are compared"
    assert trial.paused == [HELD], "and none is held without a seat"
    assert trial.comes(TOKEN) is True, "the seat is free again"


def test_where_a_right_one_came_from_it_always_counts() -> None:
    trial = Trial(seats=1)
    assert trial.comes(TOKEN) is True
    for age, counts in ((1.0, True), (KNOWN, False)):
        trial.now += age
        trial.wrong(FREE)
        trial.meanwhile = [(TOKEN, A), ("x", A)]
        trial.found.clear()
        trial.comes("x")
        assert trial.found == [SLOWED, counts or SLOWED]


def test_a_seal_is_no_token_and_says_nothing_of_its_address() -> None:
    """A copy of a seal, out of a proxy's log, opens no seat for guesses at the token."""
    trial = Trial(meanwhile=[(TOKEN, A)])
    assert trial.tokens.is_sealed("seal", A, "seal")
    assert not trial.tokens.is_sealed(TOKEN, A, "seal")
    trial.wrong(FREE)
    assert trial.found == [SLOWED]


def test_four_are_slowed_at_a_time_and_a_quarter_of_the_threads_at_most() -> None:
    assert [seats(threads) for threads in (1, 3, 4, 8, 16, 64, 1000)] == [1, 1, 1, 2, 4, 4, 4]
    trial = Trial(seats=2)
    trial.wrong(FREE)
    trial.meanwhile = [("x", A)] * 2
    assert trial.comes("x") == SLOWED
    assert trial.found == [SLOWED, SLOWED] and trial.paused == [HELD] * 2


def test_so_many_addresses_are_remembered() -> None:
    trial = Trial()
    trial.wrong(FREE, A)
    for n in range(MOST_ADDRESSES):
        trial.comes("x", f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert trial.comes("x") is False, "the oldest is forgotten"


@pytest.mark.parametrize("token", ["", "\u00e9", "\ud800", "x" * 100_000, TOKEN[:-1], f"{TOKEN} "])
def test_any_text_is_compared(token: str) -> None:
    assert Trial().comes(token) is False


def test_each_kind_has_a_line_in_a_minute_and_no_token_is_in_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    trial = Trial()
    for _ in range(200):
        trial.comes("s3cret-of-a-stranger")
        trial.now += 0.25
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "a request was refused: its control token is wrong",
        f"wrong control tokens from {A} are slowed down and get 429",
    ]
    trial.now += 60
    trial.comes("s3cret-of-a-stranger")
    last = caplog.records[-1].getMessage()
    assert last == "a request was refused: its control token is wrong (199 more like it before)"
    assert all(record.levelno == logging.WARNING for record in caplog.records)


@pytest.fixture
def line() -> TestLine:  # type: ignore[misc]
    with test_line(control_token=TOKEN) as line:
        yield line


def test_by_header_and_by_form_they_count_together(line: TestLine) -> None:
    client, wrong = line.client, {"Authorization": "Bearer x"}
    for _ in range(FREE // 2):
        assert client.get("/api/rooms", headers=wrong).status_code == 401
        assert client.post("/console/sign-in", data={"token": "x"}).status_code == 401
    problem = client.get("/api/unknown", headers=wrong)
    assert problem.status_code == 429 and problem.json is not None
    assert problem.json["detail"] == "Too many wrong tokens came from this address."
    page = client.post("/console/sign-in", data={"token": "x"})
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert "Too many wrong tokens came from this address." in page.text
    for answer in (problem, page):
        assert 0 < int(answer.headers["Retry-After"]) <= WINDOW
    assert client.get("/api/rooms", headers=BEARER).status_code == 200
    assert client.post("/console/sign-in", data={"token": TOKEN}).status_code == 303


def test_only_tokens_are_counted(line: TestLine) -> None:
    """Without a header, with another kind of one, and with a wrong cookie or link, it is 401."""
    client = browser(line)
    for headers in ({}, {"Authorization": "Basic YTpi"}, {"Cookie": "a=b"}):
        for _ in range(FREE + 2):
            assert client.get("/api/rooms", headers=headers).status_code == 401
            assert client.get("/console?room=a&link=b", headers=headers).status_code == 401
    assert client.get("/api/rooms", headers={"Authorization": "Bearer x"}).status_code == 401


# Whose address it is, and where it waits

PROXIES = ("127.0.0.1", "10.0.0.1")


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        (A, None, A),
        (A, B, A),  # a stranger's word
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", A, A),
        ("127.0.0.1", f"{B}, {A}", A),  # the client wrote the first
        ("127.0.0.1", f"{B}, {A}, 10.0.0.1", A),
        ("127.0.0.1", "10.0.0.1", "10.0.0.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", f"{A}:4711", "127.0.0.1"),
        ("127.0.0.1", f"{A}, ", "127.0.0.1"),
        ("127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("", A, A),  # a Unix socket
        ("", None, ""),
    ],
)
def test_the_client_is_the_first_that_is_no_proxy_of_ours(
    remote: str, forwarded: str | None, found: str
) -> None:
    environ = {"REMOTE_ADDR": remote}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    assert client_address(environ, PROXIES.__contains__, PROXIES.__contains__) == found


@pytest.mark.parametrize(
    ("allowed", "forwarded", "found"),
    [
        (["*"], A, A),
        (["*"], f"{B}, {A}", A),  # the client wrote the first
        (["*", "10.0.0.0/8"], f"{B}, {A}, 10.0.0.1", A),
        (["10.0.0.0/8"], f"{B}, {A}, 10.0.0.1", "192.0.2.1"),
    ],
)
def test_a_proxy_of_unknown_address_is_the_last_one(
    allowed: list[str], forwarded: str, found: str
) -> None:
    """Heroku sets FORWARDED_ALLOW_IPS=*: only its router reaches the server."""
    cfg = Config()
    cfg.set("forwarded_allow_ips", ",".join(allowed))
    plain = PlainRequests(cfg)
    environ = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(environ, plain.trusts, plain.is_proxy) == found


@pytest.mark.parametrize(
    ("path", "waits"),
    [
        ("/api", True),
        ("/api/rooms", True),
        ("/console", True),
        ("/console/sign-in", True),
        ("//console/sign-in", True),  # Flask ignores the slash
        ("///api/rooms", True),
        ("/metrics", True),
        ("/consoles", False),
        ("/webhook", False),
        ("/", False),
    ],
)
def test_where_tokens_are_compared_threads_answer(path: str, waits: bool) -> None:
    assert may_wait({"PATH_INFO": path}) is waits
