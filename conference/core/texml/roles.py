"""Roles of callers by TeXML: how each comes in, and the label by which Telnyx keeps a role.

Telnyx stores no client_state of these calls, but the label of our document: its callbacks report it
after a restart, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from conference.core.client_state import Role
from conference.core.room_settings import RoomSettings
from conference.core.texml.attributes import BY_NAME, as_attribute

LABELLED: tuple[Role, ...] = ("moderator", "listener")


def by_role(settings: RoomSettings, role: Role) -> Mapping[str, str]:
    """Return the attributes that the settings give <Conference>, for callers of this role.

    Those of participants count where the role has no settings of its own. A role that ends the
    conference has no attribute for that: Telnyx would end it at once, and for the first one who
    leaves. The line ends it, see the module `host`.
    """
    if role == "participant":
        return settings.texml
    listens, own = role == "listener", settings.role(role)
    values = {"muted": listens}
    if role in settings.roles or not listens:
        values["startConferenceOnEnter"] = own.starts
    given = {name: value for name, value in settings.texml.items() if name not in values}
    if role in settings.roles:
        given.pop("endConferenceOnExit", None)
    written = {name: as_attribute(value) for name, value in values.items()}
    return given | {n: value for n, value in written.items() if value != BY_NAME[n].default}


def role_label(role: Role, call: str) -> str:
    """Return the label by which Telnyx keeps the role of a call; empty for a participant.

    It is bound to the call, so that no other label of the owner or a moderator gives a role. Labels
    are unique at Telnyx.
    """
    if role not in LABELLED:
        return ""
    return f"{role} {sha256(call.encode()).hexdigest()[:12]}"


def role_in(label: str, call: str) -> Role | None:
    """Return the role that the label keeps for this call; None if the label is an ordinary one."""
    return next((role for role in LABELLED if label == role_label(role, call)), None)


def shown_label(settings: RoomSettings, label: str, call: str) -> str:
    """Return the label as people see it: without the role, that of all callers."""
    return settings.texml.get("participantLabel", "") if role_in(label, call) else label
