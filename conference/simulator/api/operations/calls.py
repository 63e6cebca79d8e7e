"""Operations on single calls. The dict at the foot has a function for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...network import calls, endings, gathering, playing, queues, recordings
from ...network.parties import Leg
from ...network.sounds import Clip
from ...network.world import World
from .. import views
from ..errors import Refused, refused
from ..requests import OK, Json, Operate, ParsedRequest

_KNOWN_FOR = 600.0  # s after a call's end in which its status can be read

Fields = Mapping[str, Any]
Act = Callable[[World, Leg, Fields], None]


def dial(world: World, request: ParsedRequest) -> Json:
    to = request.body["to"] if isinstance(request.body["to"], str) else request.body["to"][0]
    application = world.account.applications.get(request.body["connection_id"])
    if application is None or not application["webhook_event_url"]:
        raise refused("connection", "/connection_id")
    for name, number in (("to", to), ("from", request.body["from"])):
        if not calls.DIALLABLE.fullmatch(number):
            raise refused("not E.164", f"/{name}")
    calls.may_dial(world, application)
    leg = calls.call_out(
        world,
        request.body["from"],
        to,
        connection_id=application["id"],
        client_state=request.body.get("client_state"),
        timeout=request.body.get("timeout_secs", calls.PATIENCE),
        time_limit=request.body.get("time_limit_secs", calls.LONGEST),
        timeout_cause="timeout" if request.body.get("retry_on_timeout", True) else "no_answer",
    )
    # Dialling is asynchronous, so the call is not alive in the answer.
    return {"data": views.call(world, leg) | {"is_alive": False}}


def read_call(world: World, request: ParsedRequest) -> Json:
    leg = world.legs.get(request.target)
    forgotten = world.clock.now() - _KNOWN_FOR
    if leg is None or (leg.ended_at is not None and leg.ended_at < forgotten):
        raise refused("call not found")
    return {"data": views.call(world, leg)}


def on(act: Act) -> Operate:
    """Make the operation that calls `act` with the leg in the path."""

    def run(world: World, request: ParsedRequest) -> Json:
        act(world, world.leg(request.target, "/call_control_id"), request.body)
        return OK

    return run


def when_up(act: Act) -> Operate:
    """Make the same for answered calls only. A client_state in the body is kept."""

    def run(world: World, leg: Leg, fields: Fields) -> None:
        before = calls.up(leg).client_state
        calls.keep_state(leg, fields)
        try:
            act(world, leg, fields)
        except Refused:
            leg.client_state = before
            raise

    return on(run)


def update_state(world: World, leg: Leg, fields: Fields) -> None:
    calls.keep_state(calls.live(leg), fields)


def speak(world: World, leg: Leg, fields: Fields) -> None:
    _play(world, leg, playing.speech(fields), fields)


def play(world: World, leg: Leg, fields: Fields) -> None:
    """Play audio. Raise Refused for an overlay without audio under it."""
    clip = playing.audio(fields)
    if clip.overlay and not (leg.clips and leg.clips[0].kind == "playback"):
        raise refused("nothing to overlay", "/overlay")
    _play(world, leg, clip, fields)


def _play(world: World, leg: Leg, clip: Clip, fields: Fields) -> None:
    """Play after the other clips; `stop` first ends the "current" clip, or "all" of them."""
    clips = leg.overlays if clip.overlay else leg.clips
    if "stop" in fields:
        playing.stop(world, leg, clips, all_of_them=fields["stop"] == "all")
    playing.play(world, leg, clips, clip)


def stop(world: World, leg: Leg, fields: Fields) -> None:
    """Stop what is played or spoken, if there is anything."""
    clips = leg.overlays if fields.get("overlay") else leg.clips
    playing.stop(world, leg, clips, all_of_them=fields.get("stop", "all") == "all")


def send_dtmf(world: World, leg: Leg, fields: Fields) -> None:
    clip = playing.tones(fields)
    playing.play(world, leg, leg.tones, clip)
    if leg.peer:  # the other end is a call of the application, too
        for digit in clip.detail:
            gathering.press(world, leg.peer, digit)


def gather_stop(world: World, leg: Leg, fields: Fields) -> None:
    gathering.end(world, leg, "cancelled")


def record_stop(world: World, leg: Leg, fields: Fields) -> None:
    recordings.stop(world, leg, fields.get("recording_id"), None)


def record_pause(world: World, leg: Leg, fields: Fields) -> None:
    recordings.pause(world, leg, fields.get("recording_id"))


def record_resume(world: World, leg: Leg, fields: Fields) -> None:
    recordings.resume(world, leg, fields.get("recording_id"))


def enqueue(world: World, leg: Leg, fields: Fields) -> None:
    """Put a call into a queue, and take it out of its conference."""
    queues.enqueue(world, leg, fields)
    endings.leave(world, leg)


def leave_queue(world: World, leg: Leg, fields: Fields) -> None:
    queues.leave(world, leg)


OPERATIONS: Mapping[str, Operate] = {
    "DialCall": dial,
    "RetrieveCallStatus": read_call,
    "AnswerCall": on(calls.answer),
    "HangupCall": on(calls.hang_up),
    "UpdateClientState": on(update_state),
    "SpeakCall": when_up(speak),
    "StartCallPlayback": when_up(play),
    "StopCallPlayback": when_up(stop),
    "SendDTMF": when_up(send_dtmf),
    "GatherCall": when_up(gathering.plain),
    "GatherUsingAudio": when_up(gathering.with_audio),
    "GatherUsingSpeak": when_up(gathering.with_speech),
    "StopCallGather": when_up(gather_stop),
    "StartCallRecord": when_up(recordings.start),
    "StopCallRecording": when_up(record_stop),
    "PauseCallRecording": when_up(record_pause),
    "ResumeCallRecording": when_up(record_resume),
    "EnqueueCall": when_up(enqueue),
    "LeaveQueue": when_up(leave_queue),
}
