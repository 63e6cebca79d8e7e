"""Requests at the URL of the other kind of application: the log and the answer say what to do."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from urllib.parse import unquote, urlencode

import pytest
from rigs.lines import TestLine
from rigs.recorded import TEST_KEY, make
from rigs.texml_forms import ANN, FETCH, FORM, JOIN
from werkzeug.test import TestResponse

from conference.signature import sign

WEBHOOK_URL = "Call Control application's webhook URL must end in /webhook, API v2"
VOICE_URL = "TeXML application's voice URL must end in /texml or /texml/<room>, method POST"
WEBHOOK = json.dumps(make("call.initiated")).encode()
API_V1 = json.dumps(
    {"record_type": "event", "event_type": "call_initiated", "payload": {}}
).encode()
FETCHES = urlencode(FETCH).encode()
CALLBACK = urlencode(JOIN).encode()
JSON = "application/json"


def sent(
    line: TestLine, path: str, body: bytes, kind: str, *, signed: bool = True, method: str = "POST"
) -> TestResponse:
    signature = sign(body, key=TEST_KEY, now=time.time()) if signed else {}
    headers = {"Content-Type": kind, **signature}
    return line.client.open(path, method=method, data=body, headers=headers)


def shows_both(text: str) -> bool:
    return WEBHOOK_URL in text and VOICE_URL in text


def nothing_has_happened(line: TestLine) -> bool:
    return line.engine.registry.rooms() == [] and line.api.sent == []


@pytest.mark.parametrize("kind", [FORM, f"{FORM}; charset=UTF-8", JSON, "text/plain", ""])
@pytest.mark.parametrize("body", [FETCHES, CALLBACK, FETCHES + b"&SipHeader_X=%ff"])
def test_a_texml_form_at_the_webhook_url(
    line: TestLine, caplog: pytest.LogCaptureFixture, body: bytes, kind: str
) -> None:
    answer = sent(line, "/webhook", body, kind)
    assert answer.status_code == 400
    for text in (answer.text, caplog.text):
        assert "it is a form of a TeXML application" in text
        assert shows_both(text)
    assert nothing_has_happened(line)


@pytest.mark.parametrize("path", ["/texml", "/texml/blue", "/texml/wait/blue", "/texml/status"])
@pytest.mark.parametrize("body", [WEBHOOK, API_V1])
@pytest.mark.parametrize(("kind", "status"), [(JSON, 415), (f"{JSON}; charset=utf-8", 415)])
def test_a_webhook_at_a_texml_url(
    line: TestLine,
    caplog: pytest.LogCaptureFixture,
    path: str,
    body: bytes,
    kind: str,
    status: int,
) -> None:
    answer = sent(line, path, body, kind)
    assert answer.status_code == status
    for text in (answer.json["detail"], caplog.text):
        assert "it is a webhook of Call Control" in text
        assert shows_both(text)
    assert nothing_has_happened(line)


@pytest.mark.parametrize("path", ["/texml", "/texml/status"])
def test_a_webhook_at_a_texml_url_with_the_type_of_a_form(
    line: TestLine, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    assert sent(line, path, WEBHOOK, FORM).status_code == 400
    assert "it is a webhook of Call Control" in caplog.text and shows_both(caplog.text)


@pytest.mark.parametrize(
    ("path", "body", "kind", "said"),
    [
        ("/webhook", FETCHES, FORM, "it is a form of a TeXML application"),
        ("/texml", API_V1, JSON, "it is a webhook of Call Control"),
        ("/texml/status", API_V1, JSON, "it is a webhook of Call Control"),
    ],
)
def test_unsigned_it_is_said_at_a_bounded_rate(
    line: TestLine,
    caplog: pytest.LogCaptureFixture,
    path: str,
    body: bytes,
    kind: str,
    said: str,
) -> None:
    answers = [sent(line, path, body, kind, signed=False) for _ in range(50)]
    assert {answer.status_code for answer in answers} == {401}
    assert len(caplog.records) == 1
    assert f"it has no signature. If Telnyx sent it, {said}" in caplog.text
    assert shows_both(caplog.text)
    assert nothing_has_happened(line)


@pytest.mark.parametrize("path", ["/webhook", "/texml", "/texml/blue", "/texml/status"])
@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD"])
def test_another_method_than_post(
    line: TestLine, caplog: pytest.LogCaptureFixture, path: str, method: str
) -> None:
    answer = line.client.open(path, method=method, query_string=FETCH)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")
    assert "In the portal set the method to POST" in caplog.text
    assert shows_both(caplog.text)
    if method != "HEAD":
        assert shows_both(answer.json["detail"])
    assert nothing_has_happened(line)


def at(path: str) -> dict[str, str]:
    """Return the path as a server passes it on: the test client would read //x as a host."""
    return {"PATH_INFO": unquote(path)}


NEARLY = ["/webhook/", "/webhook//", "/Webhook", "/webhooks", "/webhook%20"]
NEARLY += [
    "/texml/",
    "//texml/",
    "/texml//",
    "/texml//blue",
    "/texml/blue/",
    "/TeXML",
    "/texml%20/",
]
NEARLY += ["/texml/status/", "/webhook/texml", "/texml/wait/"]


@pytest.mark.parametrize("path", NEARLY)
@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_a_path_that_is_nearly_right(
    line: TestLine, caplog: pytest.LogCaptureFixture, path: str, signed: bool
) -> None:
    for body, kind in ((WEBHOOK, JSON), (FETCHES, FORM)):
        signature = sign(body, key=TEST_KEY, now=time.time()) if signed else {}
        headers = {"Content-Type": kind, **signature}
        answer = line.client.post(data=body, headers=headers, environ_overrides=at(path))
        assert answer.status_code == 404, path
        assert shows_both(answer.text)
    assert len(caplog.records) == 1
    assert "a path that is nearly right (is a / too much?) (404)" in caplog.text
    assert shows_both(caplog.text)
    assert nothing_has_happened(line)


@pytest.mark.parametrize("path", ["/webhook/", "/texml/blue/"])
def test_an_unsigned_webhook_at_a_path_that_is_nearly_right(
    line: TestLine, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    assert sent(line, path, WEBHOOK, JSON, signed=False).status_code == 404
    assert "a POST was sent to a path that is nearly right" in caplog.text
    assert shows_both(caplog.text)


def test_a_slash_too_much_before_the_path_is_no_harm(
    line: TestLine, caplog: pytest.LogCaptureFixture
) -> None:
    signature = sign(FETCHES, key=TEST_KEY, now=time.time())
    headers = {"Content-Type": FORM, **signature}
    for path, status in (("//texml", 200), ("//webhook", 400)):
        answer = line.client.post(data=FETCHES, headers=headers, environ_overrides=at(path))
        assert answer.status_code == status, path
    assert "it is a form of a TeXML application" in caplog.text


@pytest.mark.parametrize("path", ["/", "/voice", "/webhook/", "/texml/"])
def test_a_get_of_telnyxs_at_a_wrong_path(
    line: TestLine, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    answer = line.client.get(path, query_string=FETCH)
    assert answer.status_code == 404
    assert "Telnyx called" in caplog.text
    assert shows_both(caplog.text) and shows_both(answer.text)


@pytest.mark.parametrize("path", ["/", "/voice", "/api2", "/texml.xml"])
def test_an_unsigned_form_of_a_call_at_a_wrong_path(
    line: TestLine, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    """Telnyx may not sign its requests for instructions."""
    answer = sent(line, path, FETCHES, FORM, signed=False)
    assert answer.status_code == 404
    assert "Telnyx called" in caplog.text
    assert shows_both(caplog.text) and shows_both(answer.text)


@pytest.mark.parametrize("body", [b"", b"log=admin&pwd=x", b"CallSid=" + b"x" * 2_000_000])
def test_a_strangers_form_at_a_wrong_path_is_no_line_of_the_log(
    line: TestLine, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    assert sent(line, "/wp-login.php", body, FORM, signed=False).status_code == 404
    assert caplog.records == []


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_a_voice_url_at_the_path_for_callbacks(
    line: TestLine, caplog: pytest.LogCaptureFixture, signed: bool
) -> None:
    answer = sent(line, "/texml/status", FETCHES, FORM, signed=signed)
    assert answer.status_code == (400 if signed else 401)
    assert "it wants a call's instructions, at the path for callbacks" in caplog.text
    assert shows_both(caplog.text)
    assert nothing_has_happened(line)


@pytest.mark.parametrize(
    "path", ["/texml/my%20room", "/texml/wait", "/texml/%C3%A9", "/texml/a%2Cb"]
)
def test_a_voice_url_with_no_name_of_a_room(
    line: TestLine, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    answer = sent(line, path, FETCHES, FORM)
    assert answer.status_code == 404
    assert "its path has no name of a room, which is 1 to 64 of the characters" in caplog.text
    assert shows_both(caplog.text)
    assert nothing_has_happened(line)


@pytest.mark.parametrize("path", ["/wp-login.php", "/webhook.php", "/texml/", "/.env", "//x"])
def test_a_strangers_get_is_no_line_of_the_log(
    line: TestLine, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    assert line.client.get(environ_overrides=at(path)).status_code == 404
    assert caplog.records == []


def test_strangers_put_nothing_of_theirs_into_the_log(
    line: TestLine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "conference")
    for path in ("/texml/SECRET//x", "/webhook/SECRET", "/SECRET", "/webhook", "/texml"):
        line.client.open(path, method="SECRET", data=b"SECRET")
        line.client.post(path, data=b"CallSid=SECRET", query_string={"CallSid": "SECRET"})
        line.client.get(path, query_string={"CallSid": "SECRET"}, headers={"Host": "SECRET"})
    assert caplog.records != []
    assert "SECRET" not in caplog.text.replace("TEXML_SECRET", "")


CHANGED: Mapping[str, bytes] = {
    "parsed and written": json.dumps(json.loads(WEBHOOK), indent=1).encode(),
    "its keys sorted": json.dumps(json.loads(WEBHOOK), sort_keys=True).encode(),
    "a line end": WEBHOOK + b"\n",
    "empty": b"",
}


@pytest.mark.parametrize("case", CHANGED)
def test_a_body_changed_on_the_way_is_one_of_two_causes(
    line: TestLine, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    headers = {"Content-Type": JSON, **sign(WEBHOOK, key=TEST_KEY, now=time.time())}
    assert line.client.post("/webhook", data=CHANGED[case], headers=headers).status_code == 401
    assert "another account's key? Or did a proxy or relay change the body" in caplog.text
    assert "`flask doctor` compares TELNYX_PUBLIC_KEY" in caplog.text


def test_a_form_encoded_anew_is_one_of_two_causes(
    line: TestLine, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"Content-Type": FORM, **sign(FETCHES, key=TEST_KEY, now=time.time())}
    anew = FETCHES.replace(b"%2B", b"%2b")
    assert anew != FETCHES
    assert line.client.post("/texml", data=anew, headers=headers).status_code == 401
    assert "Or did a proxy or relay change the body" in caplog.text
    assert ANN not in caplog.text
