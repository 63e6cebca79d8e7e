"""Operations on sounds, digits and recordings of conferences."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...network import calls, conferences, gathering, playing, recordings
from ...network.parties import Conference, Participant
from ...network.sounds import Clip
from ...network.world import World
from ..requests import OK, Json, Operate, ParsedRequest


def _listed(room: Conference, request: ParsedRequest) -> list[Participant]:
    """Return the participants that the request lists; [] for everyone."""
    ids = request.body.get("call_control_ids", [])
    return conferences.chosen(room, ids) if ids else []


def _play(world: World, request: ParsedRequest, made: Callable[[], Clip]) -> Json:
    """Play a clip to the conference, or a clip of its own to each listed participant.

    made: makes a clip.
    """
    room = world.running(request.target)
    if not (listed := _listed(room, request)):
        playing.play(world, room, room.clips, made())
    for participant, clip in [(each, made()) for each in listed]:
        playing.play(world, participant, participant.clips, clip)
    return OK


def play(world: World, request: ParsedRequest) -> Json:
    return _play(world, request, lambda: playing.audio(request.body))


def speak(world: World, request: ParsedRequest) -> Json:
    return _play(world, request, lambda: playing.speech(request.body))


def stop(world: World, request: ParsedRequest) -> Json:
    """Stop all sounds for the listed participants. Others continue to hear them."""
    room = world.running(request.target)
    listed = _listed(room, request)
    if not listed:
        playing.stop(world, room, room.clips)
    for participant in listed or tuple(room.inside.values()):
        playing.stop(world, participant, participant.clips)
        for clip in room.clips:
            clip.spared.add(participant.leg.call_control_id)
    world.hear_all(room)
    return OK


def send_dtmf(world: World, request: ParsedRequest) -> Json:
    room = world.running(request.target, by_name=False)
    for participant in _listed(room, request) or tuple(room.inside.values()):
        leg = participant.leg
        calls.keep_state(leg, request.body)
        playing.play(world, leg, leg.tones, playing.tones(request.body))
    return OK


def gather(world: World, request: ParsedRequest) -> Json:
    room = world.running(request.target, by_name=False)
    leg = calls.live(world.leg(request.body["call_control_id"], "/call_control_id"))
    conferences.chosen(room, [leg.call_control_id], "/call_control_id")
    gathering.in_conference(world, leg, request.body)
    calls.keep_state(leg, request.body)
    return OK


def record_start(world: World, request: ParsedRequest) -> Json:
    recordings.start(world, world.running(request.target), request.body)
    return OK


def record_stop(world: World, request: ParsedRequest) -> Json:
    fields = request.body
    room = world.running(request.target)
    recordings.stop(world, room, fields.get("recording_id"), fields.get("client_state"))
    return OK


def record_pause(world: World, request: ParsedRequest) -> Json:
    recordings.pause(world, world.running(request.target), request.body.get("recording_id"))
    return OK


def record_resume(world: World, request: ParsedRequest) -> Json:
    recordings.resume(world, world.running(request.target), request.body.get("recording_id"))
    return OK


OPERATIONS: Mapping[str, Operate] = {
    "PlayConferenceAudio": play,
    "StopConferenceAudio": stop,
    "SpeakTextToConference": speak,
    "ConferenceSendDTMF": send_dtmf,
    "ConferenceGatherUsingAudio": gather,
    "StartConferenceRecording": record_start,
    "StopConferenceRecording": record_stop,
    "PauseConferenceRecording": record_pause,
    "ResumeConferenceRecording": record_resume,
}
