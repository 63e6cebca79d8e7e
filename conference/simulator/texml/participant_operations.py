"""TeXML's operations on participants. The dict at the foot has a function for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..api.errors import Problem, Refused, refused
from ..api.requests import Json, Operate, ParsedRequest
from ..network import calls, endings
from ..network.conferences import mute
from ..network.parties import Conference, Leg, Participant
from ..network.world import World
from . import conferences, views
from .conference_noun import EVENTS, RECORDING_EVENTS, Kind, Noun, address, several
from .operations import conference, of_account, running, source
from .pages import indexed
from .parties import PROGRESS, ProgressCallback, TexmlCall

Fields = Mapping[str, Any]


def _connecting(world: World, room: Conference) -> list[Leg]:
    """Return the calls dialled for a conference that are still ringing."""
    return [
        leg
        for leg in world.legs.values()
        if leg.texml and leg.texml.bound == room.id and leg.state == "ringing"
    ]


def _find(world: World, request: ParsedRequest) -> Participant | Leg:
    """Return the participant, or the ringing call, with this CallSid or label."""
    room = running(world, request.target)
    for stay in room.inside.values():
        if request.part in (stay.leg.call_control_id, stay.label):
            return stay
    for leg in _connecting(world, room):
        label = leg.texml.noun.participant_label if leg.texml and leg.texml.noun else None
        if request.part in (leg.call_control_id, label):
            return leg
    raise refused("no texml")


def participants(world: World, request: ParsedRequest) -> Json:
    """List the participants and ringing calls. After the conference's end there are none."""
    room = conference(world, request.target)
    rows = [
        (place, views.participant(world, stay))
        for place, stay in enumerate(room.participants)
        if stay.status == "joined"
    ]
    for place, leg in enumerate(_connecting(world, room), len(room.participants)):
        rows.append((place, views.connecting(world, leg, room)))
    uri = views.uri(world, "Conferences", room.id, "Participants")
    return indexed("participants", rows, request.query, uri)


def read_participant(world: World, request: ParsedRequest) -> Json:
    found = _find(world, request)
    if isinstance(found, Participant):
        return views.participant(world, found)
    return views.connecting(world, found, conference(world, request.target))


def delete_participant(world: World, request: ParsedRequest) -> Json:
    """Remove a participant: its call ends."""
    found = _find(world, request)
    leg = found.leg if isinstance(found, Participant) else found
    endings.hang_up_by_application(world, leg)
    return {}


def update_participant(world: World, request: ParsedRequest) -> Json:
    stay = _find(world, request)
    if isinstance(stay, Leg):
        raise refused("not answered")
    fields = request.body
    held, waits, announced = (source(request, name) for name in ("Hold", "Wait", "Announce"))
    stays_on_hold = fields.get("Hold", stay.on_hold)
    if announced and stays_on_hold:
        raise refused("on hold")
    _coach(world, stay, fields)
    if "Muted" in fields:
        ids = [stay.leg.call_control_id]
        mute(world, stay.conference, ids, fields["Muted"])
    stay.end_on_exit = fields.get("EndConferenceOnExit", stay.end_on_exit)
    if "BeepOnExit" in fields:
        stay.beep = "on_exit" if fields["BeepOnExit"] else "never"
    if waits and stay.texml:
        stay.texml.noun = replace(stay.texml.noun, wait_url=waits.url)
        conferences.settle(world, stay)
    if fields.get("Hold") or (held and stays_on_hold):
        conferences.hold(world, stay, held)
    elif fields.get("Hold") is False:
        conferences.unhold(world, stay)
    if announced:
        conferences.announce(world, stay, announced)
    stay.updated_at = world.clock.now()
    return views.participant(world, stay)


def _coach(world: World, stay: Participant, fields: Fields) -> None:
    """Let only the coached participant hear this one, or everyone again."""
    if "Coaching" not in fields:
        return
    coached = fields.get("CallSidToCoach")
    if not fields["Coaching"]:
        stay.role, stay.whispers_to = "none", ()
    elif coached is None:
        raise _missing("CallSidToCoach")
    elif coached not in stay.conference.inside:
        raise Refused(422, [Problem("/CallSidToCoach", "10015", "It does not take part.")])
    else:
        stay.role, stay.whispers_to = "whisper", (coached,)
    world.hear_all(stay.conference)


def _missing(name: str) -> Refused:
    return Refused(422, [Problem(f"/{name}", "10004", f"Can't be blank: {name}")])


def dial_participant(world: World, request: ParsedRequest) -> Json:
    """Dial a participant for a conference, by its id or name.

    With ApplicationSid a conference that does not exist is created when the call is answered.
    """
    fields = request.body
    for name in ("To", "From"):
        if not fields.get(name):
            raise _missing(name)
        if not calls.DIALLABLE.fullmatch(fields[name]):
            raise refused("not E.164", f"/{name}")
    room = world.named(request.target, world.account.texml_applications)
    if request.target in world.conferences:
        room = running(world, request.target)
    if room is None and "ApplicationSid" not in fields:
        raise _missing("ApplicationSid")
    id = fields.get("ApplicationSid") or (room.owner.connection_id if room else "")
    application = world.account.texml_applications.get(id)
    if application is None:
        raise refused("connection", "/ApplicationSid")
    calls.may_dial(world, application)
    noun = _noun(room.name if room else request.target, fields)
    texml = TexmlCall(noun=noun, bound=room.id if room else "", progress=_progress(fields))
    leg = calls.call_out(
        world,
        fields["From"],
        fields["To"],
        connection_id=id,
        timeout=fields.get("Timeout", calls.PATIENCE),
        time_limit=fields.get("TimeLimit", calls.LONGEST),
        texml=texml,
    )
    return views.new_participant(world, leg, room)


_RECORDED = {"true": "record-from-start", "false": "do-not-record"}


def _noun(name: str, fields: Fields) -> Noun:
    """Return the fields as the attributes of a <Conference>. The default of trimming differs."""
    record: str = fields.get("ConferenceRecord", "do-not-record")
    return Noun(
        name,
        muted=fields.get("Muted", False),
        start_conference_on_enter=fields.get("StartConferenceOnEnter", True),
        end_conference_on_exit=fields.get("EndConferenceOnExit", False),
        max_participants=fields.get("MaxParticipants", 250),
        beep=fields.get("Beep", "true"),
        record=_RECORDED.get(record, record),
        recording_timeout=fields.get("ConferenceRecordingTimeout", 0),
        trim=fields.get("ConferenceTrim", "trim-silence"),
        wait_url=_value(fields, "WaitUrl", address, ""),
        participant_label=fields.get("Label"),
        **_callback(fields, "status_callback", "ConferenceStatusCallback", EVENTS, ()),
        **_callback(
            fields,
            "recording_status_callback",
            "ConferenceRecordingStatusCallback",
            (*RECORDING_EVENTS, "failed"),
            ("completed",),
        ),
    )


def _callback(
    fields: Fields, attribute: str, name: str, known: tuple[str, ...], default: tuple[str, ...]
) -> dict[str, Any]:
    """Return the three attributes of a callback: its address, method and events."""
    events = _value(fields, f"{name}Event", several(*known), default)
    return {
        attribute: _value(fields, name, address, ""),
        f"{attribute}_method": fields.get(f"{name}Method", "POST"),
        f"{attribute}_event": tuple("absent" if each == "failed" else each for each in events),
    }


def _value(fields: Fields, name: str, kind: Kind, default: Any) -> Any:
    if name not in fields:
        return default
    try:
        return kind(fields[name])
    except ValueError as error:
        raise Refused(422, [Problem(f"/{name}", "10015", f"It must be {error}.")]) from None


def _progress(fields: Fields) -> ProgressCallback | None:
    """Return the callback for the call's progress, which is not the conference's."""
    url = _value(fields, "StatusCallback", address, "")
    events = _value(fields, "StatusCallbackEvent", several(*PROGRESS), ("completed",))
    return (
        ProgressCallback(url, fields.get("StatusCallbackMethod", "POST"), events) if url else None
    )


OPERATIONS: Mapping[str, Operate] = {
    "GetTexmlConferenceParticipants": of_account(participants),
    "GetTexmlConferenceParticipant": of_account(read_participant),
    "UpdateTexmlConferenceParticipant": of_account(update_participant),
    "DeleteTexmlConferenceParticipant": of_account(delete_participant),
    "DialTexmlConferenceParticipant": of_account(dial_participant),
}
