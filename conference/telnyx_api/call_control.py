"""Commands as requests of Call Control. The dict at the foot has a function for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from conference.core import client_state, commands
from conference.core.command_ids import command_id
from conference.core.commands import KEY_SECONDS
from conference.core.schema.texts import is_address

CREATE_OPTIONS = (
    "comfort_noise",
    "duration_minutes",
    "hold_audio_url",
    "hold_media_name",
    "start_conference_on_create",
)
JOIN_OPTIONS = (
    "beep_enabled",
    "end_conference_on_exit",
    "hold",
    "hold_audio_url",
    "hold_media_name",
    "mute",
    "soft_end_conference_on_exit",
    "start_conference_on_enter",
    "supervisor_role",
    "whisper_call_control_ids",
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a command."""

    path: str
    body: dict[str, Any]
    method: str = "POST"


def _answer(command: commands.Answer) -> Request:
    state = client_state.encode(command.client_state)
    return Request(_of_call(command.call, "answer"), {"client_state": state})


def _speak(command: commands.Speak) -> Request:
    body = {
        "payload": command.text,
        "voice": command.voice,
        "language": command.language,
    }
    return Request(_of_call(command.call, "speak"), body)


def _gather(command: commands.Gather) -> Request:
    body = {
        "payload": command.text,
        "voice": command.voice,
        "language": command.language,
        "valid_digits": command.valid,
        "minimum_digits": 1,
        "maximum_digits": command.most,
        "maximum_tries": command.tries,
        "timeout_millis": int(KEY_SECONDS * 1000),
    }
    return Request(_of_call(command.call, "gather_using_speak"), body)


def _record(command: commands.Record) -> Request:
    """Record the caller alone. Telnyx's own end by silence is not used: it is charged for."""
    body = {
        "format": "mp3",
        "channels": "single",
        "recording_track": "inbound",
        "trim": "trim-silence",
        "play_beep": True,
        "max_length": command.seconds,
    }
    return Request(_of_call(command.call, "record_start"), body)


def _hangup(command: commands.Hangup) -> Request:
    return Request(_of_call(command.call, "hangup"), dict(command.options))


def _create(command: commands.Create) -> Request:
    body = {
        "call_control_id": command.call,
        "name": command.room,
        "beep_enabled": command.beep,
        "max_participants": command.max_participants,
        "region": command.region,
        **_only(CREATE_OPTIONS, command.options),
    }
    return Request("/conferences", body)


def _join(command: commands.Join) -> Request:
    body = {
        "call_control_id": command.call,
        "region": command.region,
        **_only(JOIN_OPTIONS, command.options),
    }
    return Request(_of_conference(command.conference, "join"), body)


def _leave(command: commands.Leave) -> Request:
    body = {
        "call_control_id": command.call,
        "region": command.region,
        "beep_enabled": command.beep,
    }
    return Request(_of_conference(command.conference, "leave"), body)


def _remember(command: commands.Remember) -> Request:
    state = client_state.encode(command.client_state)
    return Request(_of_call(command.call, "client_state_update"), {"client_state": state}, "PUT")


def _dial(command: commands.Dial) -> Request:
    body = {
        "to": command.to,
        "client_state": client_state.encode(command.client_state),
        "timeout_secs": command.rings,
        "time_limit_secs": command.lasts,
        "command_id": command_id(command),
        **command.options,
    }
    return Request("/calls", body)


def _pass_through(command: commands.PassThrough) -> Request:
    body = dict(command.body)
    if command.takes_id:
        body["command_id"] = command_id(command)
    if command.name == "participants":
        conference, who = quote(command.about, safe=""), quote(body.pop("call_control_id"), safe="")
        return Request(f"/conferences/{conference}/participants/{who}", body, "PATCH")
    path = _of_call if command.of == "call" else _of_conference
    return Request(path(command.about, command.name), body)


def _hold_or_mute(command: commands.HoldOrMute) -> Request:
    body: dict[str, Any] = {"call_control_ids": list(command.calls), "region": command.region}
    if isinstance(command, commands.Hold):
        body["audio_url" if is_address(command.music) else "media_name"] = command.music
    return Request(_of_conference(command.conference, command.name), body)


def _only(names: tuple[str, ...], options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in names if name in options}


def _of_call(call: str, action: str) -> str:
    return f"/calls/{quote(call, safe='')}/actions/{action}"


def _of_conference(conference: str, action: str) -> str:
    return f"/conferences/{quote(conference, safe='')}/actions/{action}"


REQUESTS: dict[type[commands.Command], Callable[[Any], Request]] = {
    commands.Answer: _answer,
    commands.Speak: _speak,
    commands.Gather: _gather,
    commands.Record: _record,
    commands.Hangup: _hangup,
    commands.Create: _create,
    commands.Join: _join,
    commands.Leave: _leave,
    commands.Remember: _remember,
    commands.Dial: _dial,
    commands.PassThrough: _pass_through,
    commands.Hold: _hold_or_mute,
    commands.Unhold: _hold_or_mute,
    commands.Mute: _hold_or_mute,
    commands.Unmute: _hold_or_mute,
}
