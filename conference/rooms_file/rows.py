"""The settings of a room that the rooms file takes: a row for each, with the place of its value.

A row takes a value, or a table of values by role where the setting differs between roles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from conference.core import room_kinds
from conference.core.client_state import Role
from conference.core.requests import verb_parameters
from conference.core.room_settings import RoomSettings
from conference.core.schema.kind import Kind
from conference.core.schema.kinds import Choice, Integer, Number
from conference.core.schema.parameters import Wrong
from conference.core.texml.attributes import ATTRIBUTES, BY_NAME, SWITCH, as_attribute
from conference.rooms_file.opening_hours import OpeningHours, TimeZone
from conference.rooms_file.values import checked, unknown

ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One setting, and the place of its value.

    `field`: of RoomSettings. `of_role`: a field of RoleSettings. `option`: of a create or join, by
    Telnyx's name. `attribute`: of TeXML's <Conference>, whose callers are participants.
    """

    name: str
    kind: Kind
    field: str = ""
    of_role: str = ""
    option: str = ""
    attribute: str = ""

    @property
    def by_role(self) -> bool:
        return bool(self.of_role or self.option)

    def put(self, settings: RoomSettings, role: Role, value: Any) -> RoomSettings:
        """Return the settings with the value, for the role if the setting differs between roles."""
        if self.field:
            settings = replace(settings, **{self.field: value})
        if self.by_role:
            own = settings.role(role)
            if self.of_role:
                own = replace(own, **{self.of_role: value})
            if self.option:
                own = replace(own, join_options={**own.join_options, self.option: value})
            settings = replace(settings, roles={**settings.roles, role: own})
        if self.attribute and role == "participant":
            texml = {**settings.texml, self.attribute: as_attribute(value)}
            settings = replace(settings, texml=texml)
        return settings


def snake(name: str) -> str:
    """Return the name of an attribute as the rooms file has it: recordBeep -> record_beep."""
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


_OPTIONS = {parameter.name: parameter.kind for parameter in verb_parameters.JOIN}
_SPOKEN_ROLES = Choice(
    tuple(role for role in verb_parameters.SUPERVISOR_ROLE.choices if role != "whisper")
)  # a whisper needs the ids of the calls that hear it

_OF_ROLES = (
    Row(name="muted", kind=BY_NAME["muted"].kind, of_role="muted", attribute="muted"),
    Row(
        name="start_conference_on_enter",
        kind=BY_NAME["startConferenceOnEnter"].kind,
        of_role="starts",
        attribute="startConferenceOnEnter",
    ),
    Row(
        name="end_conference_on_exit",
        kind=BY_NAME["endConferenceOnExit"].kind,
        of_role="ends",
        attribute="endConferenceOnExit",
    ),
    Row(name="supervisor_role", kind=_SPOKEN_ROLES, option="supervisor_role"),
    *(
        Row(name=name, kind=_OPTIONS[name], option=name)
        for name in (
            "beep_enabled",
            "hold_media_name",
            "soft_end_conference_on_exit",
            "start_conference_on_create",
        )
    ),
)
_OF_BOTH = tuple(row.attribute for row in _OF_ROLES)
_OF_ROOM = ("waitUrl", "record", "recordBeep", "trim")  # for both kinds of callers, too
_OF_TEXML = tuple(
    Row(name=snake(each.name), kind=each.kind, attribute=each.name)
    for each in ATTRIBUTES
    if not (each.shared or each.ours or each.name in (*_OF_BOTH, *_OF_ROOM))
)
TEXML_ALONE = {row.name for row in _OF_TEXML}

ROWS = (
    *(Row(name=name, kind=kind, field=name) for name, kind in room_kinds.KINDS.items()),
    *_OF_ROLES,
    Row(name="host_grace_seconds", kind=Number(0, 3600), field="host_grace_seconds"),
    Row(name="lobby", kind=SWITCH, field="lobby"),
    Row(name="lobby_minutes", kind=Number(1, 240), field="lobby_minutes"),
    Row(name="queue_when_full", kind=SWITCH, field="queue_when_full"),
    *(
        Row(name=snake(name), kind=BY_NAME[name].kind, field=snake(name), attribute=name)
        for name in _OF_ROOM
    ),
    *(
        Row(name=name, kind=SWITCH, field=name)
        for name in (
            "record_from_host",
            "announce_recording",
            "chimes",
            "announce_names",
            "announce_count",
            "ask_name",
        )
    ),
    Row(name="chimes_up_to", kind=Integer(0, 800), field="chimes_up_to"),
    Row(name="announce_ends", kind=SWITCH, field="announce_ends"),
    Row(name="fresh_conference", kind=SWITCH, field="fresh_conference"),
    Row(name="minutes_per_day", kind=Integer(0, 1_000_000), field="minutes_per_day"),
    Row(name="opening_hours", kind=OpeningHours(), field="opening_hours"),
    Row(name="time_zone", kind=TimeZone(), field="time_zone"),
    *_OF_TEXML,
)

_FOR_ALL = {
    snake(each.name): f"{each.setting} in the environment is for all rooms"
    for each in ATTRIBUTES
    if each.ours and not each.shared
}
NOT_TAKEN = {
    **_FOR_ALL,
    "public_url": "PUBLIC_URL in the environment is for all rooms",
    "reconcile_seconds": "RECONCILE_SECONDS in the environment is for all rooms",
    "mute": "use muted",
    "hold": "callers who are on hold from the start could only be let in one by one",
    "whisper_call_control_ids": "calls have ids only while they last",
}
"""Settings of Telnyx or the line that no room can have, with the reason."""


def apply(
    base: RoomSettings, given: Mapping[str, Any], place: str, wrong: list[Wrong]
) -> RoomSettings:
    """Return the settings with those of a table over them. Add each wrong value to `wrong`."""
    for row in ROWS:
        if row.name in given:
            for role, value in _values(row, given[row.name], f"{place}.{row.name}", wrong):
                base = row.put(base, role, value)
    return base


def _values(row: Row, given: Any, place: str, wrong: list[Wrong]) -> Iterator[tuple[Role, Any]]:
    """Yield the role and the value of each good value; without roles those of participants.

    Listeners have the value of participants unless the table names them.
    """
    if not (row.by_role and isinstance(given, dict)):
        try:
            value = checked(row.kind, given)
        except ValueError as error:
            wrong.append(Wrong(place, str(error)))
            return
        for role in ROLES if row.by_role else ROLES[1:2]:
            yield role, value
        return
    for name, value in given.items():
        if name not in ROLES:
            wrong.append(unknown(place, name, ROLES, "a role"))
            continue
        try:
            good = checked(row.kind, value)
        except ValueError as error:
            wrong.append(Wrong(f"{place}.{name}", str(error)))
            continue
        yield name, good
        if name == "participant" and "listener" not in given:
            yield "listener", good


def settle_start(settings: RoomSettings, place: str, wrong: list[Wrong]) -> RoomSettings:
    """Check what starts the conference. Return the settings with the options that it needs.

    Where one role's create leaves the start to a later join, each join says if it starts.
    """
    roles = {role: settings.role(role) for role in ROLES}
    on_create, on_enter = (f"{place}.start_conference_on_{on}" for on in ("create", "enter"))
    if not any(own.starts for own in roles.values()):
        wrong.append(Wrong(on_enter, "must be true for one role at least"))
    waiting = [r for r in ROLES if roles[r].join_options.get("start_conference_on_create") is False]
    if not waiting:
        if any("hold_media_name" in own.join_options for own in roles.values()):
            what = "needs start_conference_on_create = false: Telnyx plays it until the start"
            wrong.append(Wrong(f"{place}.hold_media_name", what))
        return settings
    all_start = all(own.starts for own in roles.values())
    if not all_start and all(roles[role].starts for role in waiting):
        what = "false needs start_conference_on_enter = false for the same role"
        wrong.extend(Wrong(f"{on_create}.{role}", what) for role in waiting)
    for role, own in roles.items():
        options = {**own.join_options, "start_conference_on_enter": own.starts}
        if role in waiting and own.starts and not all_start:
            options["start_conference_on_create"] = True  # or nobody else might start it
        roles[role] = replace(own, join_options=options)
    return replace(settings, roles=roles)
