"""Writes the TeXML documents that Telnyx fetches for a call."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from conference.core.origin import MUSIC, STATUS
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.core.texml.attributes import BY_NAME, EVENTS, RECORDING_EVENTS, attributes

VOICES = {"female": "alice", "male": "man"}  # Call Control's names -> TeXML's
NO_ADDRESS = (
    "set PUBLIC_URL to the part of the voice URL before /texml, and restart the server: "
    "Telnyx needs an address for its callbacks, and only PUBLIC_URL or a signed webhook names one"
)
WAIT = "The conference has not started yet. Please hold until it does."


def into(room: Room, greeting: str, base: str, wait: str) -> bytes:
    """Write a document that greets a caller and connects it to the room.

    `base` is our address for Telnyx, `wait` the path of the document for a caller that waits.
    ValueError without `base`, or if the room's settings are none of a TeXML conference.
    """
    theirs = attributes(room.settings)
    if not base:
        raise ValueError(NO_ADDRESS)
    values = {**theirs, **_ours(room.settings.texml, base, wait)}
    response = ET.Element("Response")
    _say(response, room.settings, greeting)
    conference = ET.SubElement(ET.SubElement(response, "Dial"), "Conference", _differing(values))
    conference.text = room.title
    return _written(response)


def away(settings: RoomSettings, why: str) -> bytes:
    """Write a document that tells a caller why it cannot join, and hangs up."""
    response = ET.Element("Response")
    _say(response, settings, why)
    ET.SubElement(response, "Hangup")
    return _written(response)


def waiting(room: Room, base: str) -> bytes:
    """Write a document that says why the caller waits, and plays music until the start."""
    response = ET.Element("Response")
    _say(response, room.settings, WAIT)
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


def _say(parent: ET.Element, settings: RoomSettings, text: str) -> None:
    if not text:
        return
    voice = VOICES.get(settings.voice, settings.voice)
    language = {"language": settings.language} if settings.voice in VOICES else {}
    ET.SubElement(parent, "Say", {"voice": voice, **language}).text = text


def _written(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
