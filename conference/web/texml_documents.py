"""Writes the TeXML documents that Telnyx fetches for a call."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from xml.etree import ElementTree as ET

from conference.core.admission.reception import longest_pin
from conference.core.commands import KEY_SECONDS
from conference.core.origin import MUSIC, STATUS
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.core.texml.attributes import BY_NAME, EVENTS, RECORDING_EVENTS, attributes
from conference.core.texml.door import NOT_STARTED, greeting, role_at_door
from conference.core.texml.roles import by_role, role_label
from conference.core.words import Words, say

VOICES = {"female": "alice", "male": "man"}  # Call Control's names -> TeXML's
NO_ADDRESS = (
    "set PUBLIC_URL to the part of the voice URL before /texml, and restart the server: "
    "Telnyx needs an address for its callbacks, and only PUBLIC_URL or a signed webhook names one"
)


def into(room: Room, call: str, base: str, wait: str) -> bytes:
    """Write a document that greets a caller and connects it to the room, in the caller's role.

    `base` is our address for Telnyx, `wait` the path of the document for a caller that waits.
    ValueError without `base`, or if the room's settings are none of a TeXML conference.
    """
    role = role_at_door(room, call)
    given = by_role(room.settings, role)
    theirs = attributes(room.settings, given)
    if label := role_label(role, call):
        theirs["participantLabel"] = label
    if not base:
        raise ValueError(NO_ADDRESS)
    values = {**theirs, **_ours(given, base, wait)}
    response = ET.Element("Response")
    _say(response, room.settings, greeting(room, call))
    conference = ET.SubElement(ET.SubElement(response, "Dial"), "Conference", _differing(values))
    conference.text = room.title
    return _written(response)


def away(room: Room, why: Words) -> bytes:
    """Write a document that tells a caller why it cannot join, and hangs up."""
    response = ET.Element("Response")
    _say(response, room.settings, why)
    ET.SubElement(response, "Hangup")
    return _written(response)


def enter_pin(room: Room, words: Words, action: str) -> bytes:
    """Write a document that asks for a PIN, and gives what is entered to the address `action`.

    Telnyx does not say what follows without a key: so the same address is fetched then.
    """
    response = ET.Element("Response")
    gather = ET.SubElement(
        response,
        "Gather",
        {
            "action": action,
            "numDigits": str(longest_pin(room)),
            "finishOnKey": "#",
            "timeout": str(int(KEY_SECONDS)),
            "input": "dtmf",
        },
    )
    _say(gather, room.settings, words)
    _redirect(response, action)
    return _written(response)


def pause(room: Room, words: Words, seconds: float, then: str) -> bytes:
    """Write a document that lets a caller wait, and goes on at the address `then`."""
    response = ET.Element("Response")
    _say(response, room.settings, words)
    ET.SubElement(response, "Pause", {"length": str(max(ceil(seconds), 1))})
    _redirect(response, then)
    return _written(response)


def waiting(room: Room, base: str) -> bytes:
    """Write a document that says why the caller waits, and plays music until the start."""
    response = ET.Element("Response")
    _say(response, room.settings, say(room, NOT_STARTED))
    music = room.music or (base + MUSIC if base else "")
    if music:
        ET.SubElement(response, "Play", {"loop": "0"}).text = music  # 0: without end
    return _written(response)


def _ours(given: Mapping[str, str], base: str, wait: str) -> dict[str, str]:
    """Return the attributes with our addresses.

    Telnyx sends all events to us, by POST: a signature does not cover an address. Callbacks to the
    owner's addresses are sent by us.
    """
    ours = {"statusCallback": f"{base}{STATUS}", "statusCallbackEvent": " ".join(EVENTS)}
    if "waitUrl" not in given:
        ours |= {"waitUrl": f"{base}{wait}", "waitMethod": "POST"}
    if given.get("record") == "record-from-start" or "recordingStatusCallback" in given:
        ours |= {
            "recordingStatusCallback": f"{base}{STATUS}",
            "recordingStatusCallbackEvent": " ".join(RECORDING_EVENTS),
        }
    return ours


def _differing(values: Mapping[str, str]) -> dict[str, str]:
    """Leave out Telnyx's defaults. The order is that of Telnyx's table."""
    return {n: values[n] for n, a in BY_NAME.items() if n in values and values[n] != a.default}


def _redirect(parent: ET.Element, to: str) -> None:
    ET.SubElement(parent, "Redirect", {"method": "POST"}).text = to


def _say(parent: ET.Element, settings: RoomSettings, text: Words) -> None:
    if not text:
        return
    voice = VOICES.get(settings.voice, settings.voice)
    language = {"language": settings.language} if settings.voice in VOICES else {}
    ET.SubElement(parent, "Say", {"voice": voice, **language}).text = text


def _written(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
