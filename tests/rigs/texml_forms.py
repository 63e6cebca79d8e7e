"""The forms that Telnyx documents for TeXML, signed with the test key, and readers of answers."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from rigs.lines import TestLine
from rigs.recorded import TEST_KEY, post
from werkzeug.test import TestResponse

from conference.reporting import public_view
from conference.signature import sign

FORM = "application/x-www-form-urlencoded"
HERE = "https://line.example"
SECRET = "a-secret-of-the-tests"
EVENTS = "start end join leave speaker"
ACCOUNT = "cb6cfbbc-eb00-41af-a3f3-0d7b32009e4b"
ANN = "v2:r3Cj9j-Hx7NAZETtYpdgktVUYKhsc8D1mSmzY8_6r4HHZYViWIs6Fw"
BOB = "v2:0YXD2QVLtba0UDTe3k6H9gEsAEs4qRLsuy6u_zoS364PKR6DApuKuw"
CONFERENCE = "58b4eda9-03de-4bee-9178-d0e10d83e519"


def callback(event: str, n: int | str, call: str = ANN, **given: str) -> dict[str, str]:
    """Make the fields of a status callback."""
    return {
        "AccountSid": ACCOUNT,
        "CallSid": call,
        "CallSidLegacy": call,
        "ConferenceSid": CONFERENCE,
        "FriendlyName": "Room 1234",
        "From": "telephonyappssquad24104@sip.telnyx.com",
        "SequenceNumber": str(n),
        "StatusCallbackEvent": event,
        "Timestamp": "2021-04-28 22:51:29.993535Z",
        "To": "+12132045020",
        **given,
    }


OTHER = {"FriendlyName": "Room 1235", "Timestamp": "2021-04-28 22:51:51.480853Z"}
START = callback("conference-start", 0)
JOIN = callback("participant-join", 1)
LEAVE = callback("participant-leave", 3, Timestamp="2021-04-28 22:51:47.114479Z")
END = callback("conference-end", 4, BOB, **OTHER)
SPEAKER = callback("participant-speech-start", 5, BOB, **OTHER)
FETCH = {
    "AccountSid": ACCOUNT,
    "CallSid": ANN,
    "CallerId": "+13125550111",
    "From": "+13125550111",
    "To": "+12132045020",
    "ConnectionId": "1494404757140276705",
}


def send(line: TestLine, path: str, fields: dict[str, str] | bytes, **more: Any) -> TestResponse:
    """Post a signed form."""
    raw = fields if isinstance(fields, bytes) else urlencode(fields).encode()
    headers = {"Content-Type": FORM, **more.pop("headers", {})}
    return post(line.client, raw, path=path, headers=headers, **more)


def unsigned(line: TestLine, path: str, fields: dict[str, str] = FETCH) -> TestResponse:
    return line.client.post(path, data=urlencode(fields), content_type=FORM)


def read_xml(written: bytes) -> ET.Element:
    return ET.fromstring(written)  # noqa: S314 (it is ours)


def conference(answer: TestResponse) -> ET.Element:
    """Return the <Conference> of a document."""
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    found = read_xml(answer.data).find("Dial/Conference")
    assert found is not None, answer.data
    return found


def says(answer: TestResponse) -> str:
    """Return the text that a refused caller hears."""
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    said, hangup = read_xml(answer.data)
    assert (said.tag, hangup.tag) == ("Say", "Hangup")
    return said.text or ""


def rooms(line: TestLine) -> dict[str, Any]:
    assert line.engine.idle(5)
    return {room.name: public_view.room(room) for room in line.engine.registry.rooms()}


def inside(line: TestLine) -> list[Any]:
    """Return the participants of all rooms."""
    return [each for room in rooms(line).values() for each in room["participants"]]


def problem(answer: TestResponse) -> tuple[int, set[str]]:
    """Return the status of a problem, and the fields that it names."""
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, {each["field"] for each in answer.json["errors"]}


def signed(fields: dict[str, str]) -> dict[str, str]:
    headers = sign(urlencode(fields).encode(), key=TEST_KEY, now=time.time())
    return {"Content-Type": FORM, **headers}
