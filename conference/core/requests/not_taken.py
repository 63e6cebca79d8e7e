"""Parameters of Telnyx's commands that no request can give, each with the reason.

A request with one of them is refused with the reason. The reference lists them.
"""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "call_control_id": "name the participants in the request instead",
    "call_control_ids": "name the participants in the request instead",
    "comfort_noise": "it is COMFORT_NOISE, the same for every conference of the room",
    "command_id": "the line makes one for each command, the same when the command is sent again",
    "connection_id": "it is TELNYX_CONNECTION_ID, whose webhooks the line gets",
    "duration_minutes": "it is DURATION_MINUTES, the same for every conference of the room",
    "max_participants": "it is MAX_PARTICIPANTS, the same for every conference of the room",
    "name": "it is the room's name, by which the line finds the conference again",
    "region": "it is REGION, the same for every command of a conference",
}
"""Parameter -> why the line sets it."""

LINES_OWN = "the line knows each call again by a client_state of its own after a restart"
OF_RECORDED = "and this one would replace that of a recorded call"
CLIENT_STATE: Mapping[str, str] = {
    "enqueue": f"{LINES_OWN}, and this one would replace that of the call in the queue",
    "leave-queue": f"{LINES_OWN}, and this one would replace that of the call out of the queue",
    "join": f"{LINES_OWN}, and this one would replace that of the call that joins or opens",
    "gather": f"{LINES_OWN}, and this one would replace that of the call that presses the keys; "
    "gather_id names the gather",
    "record-start": f"{LINES_OWN}, {OF_RECORDED}; custom_file_name names the recording",
    "record-stop": f"{LINES_OWN}, and this one would be in every later webhook in its place; "
    "custom_file_name of record-start names the recording",
    "record-pause": f"{LINES_OWN}, {OF_RECORDED}",
    "record-resume": f"{LINES_OWN}, {OF_RECORDED}",
    "send-dtmf": f"{LINES_OWN}, and this one would replace that of the calls that get the tones",
    "dial": f"{LINES_OWN}, and this one would take its place; label names the call",
    "kick": f"{LINES_OWN}, and this one would be in the call's last webhooks in its place",
}
"""Verb -> why its client_state is the line's."""

_SET: Mapping[str, tuple[str, ...]] = {
    "enqueue": ("command_id",),
    "leave-queue": ("command_id",),
    "join": (
        *("call_control_id", "comfort_noise", "command_id", "duration_minutes"),
        *("max_participants", "name", "region"),
    ),
    "end": ("command_id",),
    "gather": ("call_control_id",),
    "hold": ("call_control_ids", "region"),
    "unhold": ("call_control_ids", "region"),
    "mute": ("call_control_ids", "region"),
    "unmute": ("call_control_ids", "region"),
    "leave": ("call_control_id", "command_id", "region"),
    "play": ("call_control_ids", "region"),
    "stop": ("call_control_ids", "region"),
    "speak": ("call_control_ids", "command_id", "region"),
    "send-dtmf": ("call_control_ids",),
    "supervise": ("call_control_id", "command_id", "region"),
    "record-start": ("command_id", "region"),
    "record-stop": ("command_id", "region"),
    "record-pause": ("command_id", "region"),
    "record-resume": ("command_id", "region"),
    "dial": ("command_id", "connection_id"),
    "kick": ("command_id",),
}

NOT_TAKEN: Mapping[str, Mapping[str, str]] = {
    verb: {name: REASONS[name] for name in names}
    | ({"client_state": CLIENT_STATE[verb]} if verb in CLIENT_STATE else {})
    for verb, names in _SET.items()
}
"""Verb -> parameter -> reason."""
