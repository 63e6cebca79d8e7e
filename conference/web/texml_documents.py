"""The documents that Telnyx fetches: what is done with a caller."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from conference.core.origin import MUSIC, STATUS
from conference.core.room import Room, RoomSettings
from conference.core.texml.attributes import BY_NAME, EVENTS, RECORDING_EVENTS, attributes

VOICES = {"female": "alice", "male": "man"}  # Call Control's names -> TeXML's
WAITS = "The conference has not started yet. Please hold until it does."


def into(room: Room, greeting: str, base: str, wait: str) -> bytes:
    """Brings a caller into the room, after its greeting. `base` is where Telnyx reaches us, `wait`
    the path of the document for who waits.

    ValueError, if that is not known, or the room's settings do not fit a conference of TeXML.
    """
    if not base:
        raise ValueError("the request does not say where Telnyx reaches us: set PUBLIC_URL")
    values = {**attributes(room.settings), **_ours(room.settings.texml, base, wait)}
    response = ET.Element("Response")
    _say(response, room.settings, greeting)
    noun = ET.SubElement(ET.SubElement(response, "Dial"), "Conference", _differing(values))
    noun.text = room.name
    return _written(response)


def away(settings: RoomSettings, why: str) -> bytes:
    """Tells a caller who cannot come in why."""
    response = ET.Element("Response")
    _say(response, settings, why)
    ET.SubElement(response, "Hangup")
    return _written(response)


def waiting(room: Room, base: str) -> bytes:
    """Tells who waits for the conference why, and plays music until it starts."""
    response = ET.Element("Response")
    _say(response, room.settings, WAITS)
    music = room.music or (base + MUSIC if base else "")
    if music:
        ET.SubElement(response, "Play", {"loop": "0"}).text = music  # 0: for ever
    return _written(response)


def _ours(given: Mapping[str, str], base: str, wait: str) -> dict[str, str]:
    """What is asked of us: all of it by POST, since a signature does not cover an address, and all
    that there is to tell. Whoever else is to be told is told by us."""
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
    """Only what is not Telnyx's default, in the order of its table."""
    return {n: values[n] for n, a in BY_NAME.items() if n in values and values[n] != a.default}


def _say(parent: ET.Element, settings: RoomSettings, text: str) -> None:
    if not text:
        return
    voice = VOICES.get(settings.voice, settings.voice)
    language = {"language": settings.language} if settings.voice in VOICES else {}
    ET.SubElement(parent, "Say", {"voice": voice, **language}).text = text


def _written(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
