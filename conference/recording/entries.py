"""The entries of a recording: each is one file, an object of JSON with its `kind`.

| kind | fields |
|---|---|
| settings | `doors`, `room`, `rooms`, `front`, `factor`: of the process that writes |
| webhook | `path`, `at`, and `body`, or `form` with TeXML: as Telnyx has sent it |
| decision | `room`, `event`, `commands`, `version`, `handovers`, `requests`; `keys`, `before` |
| end | `entries`: how many the process has written; without one the recording is not whole |
| stopped | `why` the process could not go on |

`event` and `commands` are as the codec writes them. `before`: the room before the event, where the
process has not recorded it, without its settings; null for a new room.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from conference.core.change import Change
from conference.core.codec import converter, encode
from conference.core.commands import Command, PassThrough
from conference.core.draft import EMPTY_DRAFT
from conference.core.events import Event
from conference.core.keys.roll_call import DIGITS_HEARD, WITH_DIGITS
from conference.core.keys.spoken import spoken
from conference.core.origin import TEXML
from conference.core.replacing import replace
from conference.core.room import Room
from conference.core.room_settings import RoomSettings
from conference.core.texml.fields import parse_form
from conference.core.words import say
from conference.recording.keys import CONFIRMED, confirmed, led_to
from conference.recording.private import OF_BODIES, OF_FORMS, only_known, press, without_private
from conference.recording.stand_ins import StandIns
from conference.settings import Settings

Entry = dict[str, Any]

write_settings = converter(RoomSettings, False)
read_settings = converter(RoomSettings, True)


def settings_entry(stand_ins: StandIns, settings: Settings) -> Entry:
    """Return all settings that decisions depend on, without keys, tokens and PINs."""
    doors = settings.doors
    entry = {
        "doors": {
            "default": doors.default,
            "by_number": dict(doors.by_number),
            "by_title": dict(doors.by_title),
            "rooms": list(doors.rooms),
        },
        "front": doors.default if settings.telnyx_connection_id else "",
        "factor": settings.time_factor,
        "room": write_settings(settings.room),
        "rooms": {name: write_settings(room) for name, room in settings.rooms.items()},
    }
    return {"kind": "settings", **without_private(stand_ins, entry)}


def webhook_entry(stand_ins: StandIns, path: str, body: bytes, at: float) -> Entry:
    """Return a verified webhook as it came, with the fields that are known."""
    entry: Entry = {"kind": "webhook", "path": path, "at": at}
    try:
        if path.startswith(TEXML):
            form = only_known(dict(parse_form(body).fields), OF_FORMS)
            return {**entry, "form": without_private(stand_ins, form)}
        known = only_known(json.loads(body.decode()), OF_BODIES)
        return {**entry, "body": without_private(stand_ins, known)}
    except (ValueError, RecursionError):
        return {**entry, "unreadable": len(body)}


def decision_entry(stand_ins: StandIns, change: Change) -> Entry:
    """Return an event that `decide` got, and its result."""
    _learn_digits(stand_ins, change)
    event = without_private(stand_ins, written(change.event))
    if confirmed(change.before, change.event):
        event["value"]["details"]["digits"] = CONFIRMED
    entry = {
        "kind": "decision",
        "room": change.after.name,
        "event": event,
        "version": change.after.version,
        **result(change, lambda tree: without_private(stand_ins, tree)),
    }
    led = led_to(stand_ins, change.before, change.event)
    return entry if led is None else {**entry, "keys": led}


def result(change: Change, private: Callable[[Any], Any] = lambda tree: tree) -> Entry:
    """Return what a replay compares of a change, as JSON. `private`: replaces what is private."""
    return {
        "commands": [private(written(each)) for each in change.commands],
        "handovers": [
            [room, private(_without_digits(written(event)))] for room, event in change.handovers
        ],
        "requests": [[each.call, each.request.verb] for each in change.requests],
    }


def state_entry(stand_ins: StandIns, room: Room) -> Any:
    """Return a room without its settings, as JSON."""
    return without_private(stand_ins, state(room))


def state(room: Room) -> Any:
    """Return a room as JSON, without its settings and the digits of its keys."""
    return _without_digits(written(replace(room, settings=RoomSettings(), draft=EMPTY_DRAFT)))


def _without_digits(tree: Any) -> Any:
    if isinstance(tree, dict):
        shown = {name: _without_digits(each) for name, each in tree.items()}
        return shown | ({"digit": press(shown["digit"])} if "digit" in shown else {})
    return [_without_digits(each) for each in tree] if isinstance(tree, list) else tree


def is_new(room: Room) -> bool:
    """Whether nothing has happened in the room."""
    return room == Room(room.name, room.settings, room.watches_unknown_calls)


def written(value: Room | Event | Command) -> Any:
    """Return the value as the codec writes it, as JSON."""
    return json.loads(encode(value))


def _learn_digits(stand_ins: StandIns, change: Change) -> None:
    """Moderators hear the last digits of a caller without a name: replace them, too."""
    spoken_to = (each for each in change.commands if isinstance(each, PassThrough))
    heading = say(change.after, WITH_DIGITS, digits="\n").partition("\n")[0]
    if not any(heading in str(each.body.get("payload", "")) for each in spoken_to):
        return
    for each in change.after.participants.values():
        ends = each.number[-DIGITS_HEARD:], stand_ins.party(each.number)[-DIGITS_HEARD:]
        phrases = [say(change.after, WITH_DIGITS, digits=spoken(change.after, end)) for end in ends]
        stand_ins.phrase(*phrases)
