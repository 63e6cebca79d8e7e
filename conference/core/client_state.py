"""The client_state of a call: Telnyx keeps it for us and returns it with each webhook."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

from conference.core.human_text import is_readable

Role = Literal["moderator", "participant", "listener"]
Direction = Literal["incoming", "outgoing"]
MutedBy = Literal["", "moderator", "mute-all", "listener", "self"]
"""Why a participant is to be muted: by name, with everybody, as a listener, or by the own key.
Empty if not."""

StageName = Literal["confirm", "pin", "name", "lobby", "seat"]
STAGES: tuple[StageName, ...] = ("confirm", "pin", "name", "lobby", "seat")
"""The entry stages before the greeting, see `entry_stages`."""

Mode = Literal["conversation", "questions", "lecture"]
"""How the room talks: freely, by raised hands, or with moderators alone."""

Forms = Mapping[Any, bool | str]
"""The values of a field, the usual one first, each in the form that Telnyx keeps: short, since a
client_state stays under 1 KB."""

_YES_OR_NO: Forms = {False: False, True: True}
OF_MEETING: Mapping[str, Forms] = {
    "locked": _YES_OR_NO,
    "newcomers_muted": _YES_OR_NO,
    "newcomers_held": _YES_OR_NO,
    "begun": _YES_OR_NO,
    "chimes_off": _YES_OR_NO,
    "mode": {"conversation": "", "questions": "q", "lecture": "l"},
}
"""What lasts as long as the meeting: fields of the room, and of its calls' client_states."""

USUAL: Mapping[str, Any] = {name: next(iter(forms)) for name, forms in OF_MEETING.items()}
"""Their usual values, which are not written."""
_of_meeting, _USUALLY = attrgetter(*USUAL), tuple(USUAL.values())

ROOM_NAME = re.compile(r"(?!(?:status|wait|\.\.?)\Z)[A-Za-z0-9._-]{1,64}")
ROOM_NAME_IS = "1 to 64 of the characters A-Z a-z 0-9 . _ - and not . .. status or wait"
_VERSION = 1
LONGEST_REQUEST = 64  # characters of a request's id
_LONGEST = 1024  # characters
_LONGEST_NUMBER, _LONGEST_LABEL = 48, 64  # characters: these keep the whole under 1 KB
_LONGEST_DIALLED = 16  # characters of a number that we call: E.164 has no longer ones
_HIGHEST_MEMBER = 999_999
_MUTES: Forms = {
    "": False,
    "moderator": True,
    "mute-all": "all",
    "listener": "role",
    "self": "self",
}
"""The values of `mute`."""


@dataclass(frozen=True, slots=True)
class ClientState:
    """Facts of a call that the line needs after a restart. `hold` and `mute_by` are as in Asked."""

    room: str
    role: Role = "participant"
    direction: Direction = "incoming"
    number: str = ""
    label: str = ""
    hold: bool = False
    mute_by: MutedBy = ""
    stages: tuple[StageName, ...] = ()  # the entry stages yet to pass
    parked: bool = False  # out of the conference until a moderator brings the call back
    dial: str = ""  # the id of the request that made the call
    member: int = 0  # the number in the room; 0: not given yet
    title: str = ""  # Telnyx's name of the conference; empty if it is the room's name
    # Of the room, during the meeting that the call takes part in.
    locked: bool = False
    newcomers_muted: bool = False
    newcomers_held: bool = False
    begun: bool = False
    chimes_off: bool = False
    mode: Mode = "conversation"

    @property
    def of_meeting(self) -> bool:
        """Whether it has something that lasts as long as the meeting."""
        return has_of_meeting(self)


def has_of_meeting(facts: object) -> bool:
    """Whether a room or client_state has anything unusual that lasts as long as the meeting."""
    return bool(_of_meeting(facts) != _USUALLY)


def encode(state: ClientState) -> str:
    """Return base64, as Telnyx requires (90017 otherwise), under 1 KB: a title that would make it
    longer is left out."""
    fields = {
        "line": _VERSION,
        "room": state.room,
        "role": state.role,
        "direction": state.direction,
        "number": state.number[: _LONGEST_DIALLED if state.dial else _LONGEST_NUMBER],
        "label": state.label[:_LONGEST_LABEL],
        "hold": state.hold,
        "mute": _MUTES[state.mute_by],
        **({"stages": list(state.stages)} if state.stages else {}),
        **({"parked": True} if state.parked else {}),
        **({"dial": state.dial[:LONGEST_REQUEST]} if state.dial else {}),
        **({"member": state.member} if state.member else {}),
        **{
            name: forms[getattr(state, name)]
            for name, forms in OF_MEETING.items()
            if getattr(state, name) != USUAL[name]
        },
    }
    if state.title and len(whole := _written({**fields, "title": state.title})) < _LONGEST:
        return whole
    return _written(fields)


def _written(fields: dict[str, Any]) -> str:
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def decode(text: object) -> ClientState | None:
    """Read what `encode` wrote. None for anything else: other programs set client_states too."""
    if not isinstance(text, str) or not text:
        return None
    try:
        fields = json.loads(base64.b64decode(text, validate=True).decode())
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or fields.get("line") != _VERSION:
        return None
    room = fields.get("room")
    if not isinstance(room, str) or not ROOM_NAME.fullmatch(room):
        return None
    return ClientState(
        room=room,
        role=_choice(fields, "role", ("participant", "moderator", "listener")),
        direction=_choice(fields, "direction", ("incoming", "outgoing")),
        number=_text(fields, "number", _LONGEST_NUMBER),
        label=_text(fields, "label", _LONGEST_LABEL),
        hold=fields.get("hold") is True,
        mute_by=_value(_MUTES, fields.get("mute")),
        stages=_stages(fields),
        parked=fields.get("parked") is True,
        dial=_text(fields, "dial", LONGEST_REQUEST),
        member=_member(fields),
        title=_text(fields, "title", _LONGEST_LABEL),
        **{name: _value(forms, fields.get(name)) for name, forms in OF_MEETING.items()},
    )


def _choice(fields: dict[str, Any], name: str, choices: tuple[Any, ...]) -> Any:
    return fields[name] if fields.get(name) in choices else choices[0]


def _value(forms: Forms, found: object) -> Any:
    """Return the value that is kept in this form; the usual one if there is none."""
    same = (value for value, kept in forms.items() if type(kept) is type(found) and kept == found)
    return next(same, next(iter(forms)))


def _stages(fields: dict[str, Any]) -> tuple[StageName, ...]:
    """Return the stages in the state's order. Older versions wrote `confirm` for the only one."""
    found = fields.get("stages", ["confirm"] if fields.get("confirm") is True else [])
    named = found if isinstance(found, list) and len(found) <= len(STAGES) else []
    return tuple(stage for name in named for stage in STAGES if stage == name)


def _text(fields: dict[str, Any], name: str, longest: int) -> str:
    value = fields.get(name)
    return value[:longest] if isinstance(value, str) and is_readable(value) else ""


def _member(fields: dict[str, Any]) -> int:
    value = fields.get("member")
    return value if type(value) is int and 0 < value <= _HIGHEST_MEMBER else 0
