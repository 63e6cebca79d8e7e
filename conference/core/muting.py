"""Why participants are muted or on hold from the first moment on, and when their role changes."""

from __future__ import annotations

from typing import Any, Literal

from conference.core.client_state import ClientState, MutedBy, Role
from conference.core.parts import NOTHING_ASKED, OWN_MUTES, Asked
from conference.core.replacing import replace
from conference.core.room import Room

MuteReason = MutedBy | Literal["mode"]
"""Why a participant is muted: as in MutedBy, or by the mode of the room."""


def mute_reason(room: Room, call: str) -> MuteReason:
    """Return why the participant should be muted; empty if they should not.

    The mode of the room mutes all but moderators. The participant whose turn it is can speak in any
    mode, also a listener, or where everybody was muted; only a mute of their own stays. The turn
    stores nothing, so everything is as before when it is over.
    """
    asked = room.holding.asked.get(call, NOTHING_ASKED).mute_by
    if call == room.called:
        return asked if asked in OWN_MUTES else ""
    return asked or ("mode" if mode_mutes(room, call) else "")


def mode_mutes(room: Room, call: str) -> bool:
    """Whether the mode lets this participant speak in their turn alone."""
    known = room.participants.get(call)
    return room.mode != "conversation" and known is not None and known.role != "moderator"


def as_newcomer(room: Room, role: Role, asked: Asked) -> Asked:
    """Add the hold and mute of the room's newcomers. Moderators are never muted so."""
    muted_with_all = room.newcomers_muted and role != "moderator" and not asked.mute_by
    return replace(
        asked,
        hold=asked.hold or room.newcomers_held,
        mute_by="mute-all" if muted_with_all else asked.mute_by,
    )


def as_entrant(room: Room, role: Role, asked: Asked) -> Asked:
    """Add the mute of the role, and the hold and mute of newcomers, to a call that comes in."""
    mute_by = asked.mute_by or muted_by_role(room, role)
    return as_newcomer(room, role, replace(asked, mute_by=mute_by))


def muted_by_role(room: Room, role: Role) -> MutedBy:
    """Return why a participant of this role comes in muted; empty if not. Moderators never are."""
    if role == "listener":
        return "listener"
    return "mute-all" if role != "moderator" and room.settings.role(role).muted else ""


def first_state(room: Room, role: Role = "participant", **fields: Any) -> ClientState:
    """Return the client_state of a new call: muted as its role is, and as newcomers are."""
    asked = as_entrant(room, role, NOTHING_ASKED)
    return ClientState(
        room=room.name,
        role=role,
        hold=asked.hold,
        mute_by=asked.mute_by,
        newcomers_muted=room.newcomers_muted,
        newcomers_held=room.newcomers_held,
        mode=room.mode,
        **fields,
    )


def without_any_mute(mute_by: MutedBy, role: Role) -> MutedBy:
    """Return what is left when everyone is unmuted: the own mute, and that of a listener."""
    if mute_by == "self":
        return mute_by
    return without_mute_all(mute_by, role) if role == "listener" else ""


def without_own_mute(mute_by: MutedBy, role: Role) -> MutedBy:
    """Return what is left when a mute of their own is taken back: that of a listener."""
    if mute_by not in OWN_MUTES:
        return mute_by
    return "listener" if role == "listener" else ""


def without_mute_all(mute_by: MutedBy, role: Role) -> MutedBy:
    """Return what is left when a mute of everybody is taken back: a listener stays muted."""
    if mute_by != "mute-all":
        return mute_by
    return "listener" if role == "listener" else ""


def muted_in_role(room: Room, mute_by: MutedBy, role: Role) -> MutedBy:
    """Return why a participant is muted who gets another role.

    A mute by name and the own one stay. A former listener is muted like everybody while a mute of
    everybody lasts.
    """
    if mute_by in OWN_MUTES:
        return mute_by
    if role == "moderator":
        return ""
    if role == "listener":
        return mute_by or "listener"
    if mute_by == "listener":
        return "mute-all" if mute_all_lasts(room) else ""
    return mute_by


def mute_all_lasts(room: Room) -> bool:
    """Whether somebody is muted with everybody, or newcomers are."""
    return room.newcomers_muted or any(
        asked.mute_by == "mute-all" for asked in room.holding.asked.values()
    )
