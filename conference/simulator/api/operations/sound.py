"""What is played in conferences, what their callers type, and their recordings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...network import calls, gathering, playing, recordings
from ...network import conferences as rooms
from ...network.parties import Conference, Participant
from ...network.sounds import Clip
from ...network.world import World
from ..asked import OK, Asked, Json, Operate


def _listed(room: Conference, asked: Asked) -> list[Participant]:
    """Those whom the request lists; [] for everyone."""
    ids = asked.body.get("call_control_ids", [])
    return rooms.chosen(room, ids) if ids else []


def _play(world: World, asked: Asked, made: Callable[[], Clip]) -> Json:
    """made: makes what is played, for each of those listed a clip of its own."""
    room = world.running(asked.target)
    if not (listed := _listed(room, asked)):
        playing.play(world, room, room.clips, made())
    for participant, clip in [(each, made()) for each in listed]:
        playing.play(world, participant, participant.clips, clip)
    return OK


def play(world: World, asked: Asked) -> Json:
    return _play(world, asked, lambda: playing.audio(asked.body))


def speak(world: World, asked: Asked) -> Json:
    return _play(world, asked, lambda: playing.speech(asked.body))


def stop(world: World, asked: Asked) -> Json:
    """All that is played and spoken to those listed; what others hear goes on."""
    room = world.running(asked.target)
    listed = _listed(room, asked)
    if not listed:
        playing.stop(world, room, room.clips)
    for participant in listed or tuple(room.inside.values()):
        playing.stop(world, participant, participant.clips)
        for clip in room.clips:
            clip.spared.add(participant.leg.call_control_id)
    world.hear_all(room)
    return OK


def send_dtmf(world: World, asked: Asked) -> Json:
    room = world.running(asked.target, by_name=False)
    for participant in _listed(room, asked) or tuple(room.inside.values()):
        leg = participant.leg
        calls.keep_state(leg, asked.body)
        playing.play(world, leg, leg.tones, playing.tones(asked.body))
    return OK


def gather(world: World, asked: Asked) -> Json:
    room = world.running(asked.target, by_name=False)
    leg = calls.live(world.leg(asked.body["call_control_id"], "/call_control_id"))
    rooms.chosen(room, [leg.call_control_id], "/call_control_id")
    gathering.in_conference(world, leg, asked.body)
    calls.keep_state(leg, asked.body)
    return OK


def record_start(world: World, asked: Asked) -> Json:
    recordings.start(world, world.running(asked.target), asked.body)
    return OK


def record_stop(world: World, asked: Asked) -> Json:
    fields = asked.body
    room = world.running(asked.target)
    recordings.stop(world, room, fields.get("recording_id"), fields.get("client_state"))
    return OK


def record_pause(world: World, asked: Asked) -> Json:
    recordings.pause(world, world.running(asked.target), asked.body.get("recording_id"))
    return OK


def record_resume(world: World, asked: Asked) -> Json:
    recordings.resume(world, world.running(asked.target), asked.body.get("recording_id"))
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
