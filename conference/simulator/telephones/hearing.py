"""What the owner of a telephone hears, in words."""

from __future__ import annotations

from collections.abc import Callable

from ..network.parties import Leg, Participant
from ..sentences import joined

Name = Callable[[str], str]
"""Returns the name for a number."""

ENDS = {
    ("incoming", "normal_clearing", "caller"): "You have hung up.",
    ("incoming", "normal_clearing", "callee"): "The line has hung up.",
    ("incoming", "originator_cancel", "caller"): "The call ended before it was answered.",
    ("incoming", "call_rejected", "callee"): "The line has refused the call.",
    ("incoming", "user_busy", "callee"): "The line is busy.",
    ("outgoing", "normal_clearing", "callee"): "You have hung up.",
    ("outgoing", "normal_clearing", "caller"): "The line has hung up.",
    ("outgoing", "originator_cancel", "caller"): "The line calls no longer.",
    ("outgoing", "timeout", "caller"): "The line calls no longer: nobody answered.",
    ("outgoing", "call_rejected", "callee"): "You have refused the call.",
    ("outgoing", "user_busy", "callee"): "You were busy: the line has been told so.",
}
"""By direction, cause and source of the hangup."""


def sentence(leg: Leg, name: Name) -> str:
    """Return what the owner hears now."""
    if leg.state == "ended":
        end = (leg.direction, leg.hangup_cause, leg.hangup_source)
        return ENDS.get(end, f"The call has ended ({leg.hangup_cause}).")
    if leg.state == "ringing":
        calls = f"Ringing: {name(leg.from_)} calls."
        return calls if leg.direction == "outgoing" else "It rings at the other end."
    heard = leg.hears
    match heard.what:
        case "speech":
            return f"“{heard.detail}”"
        case "playback":
            return f"A sound: {heard.detail}"
        case "tones":
            return "The tones of keys."
        case "conference":
            return _voices(leg, heard.others, name)
        case _:
            return _waiting(leg.participant, heard.what)


def notes(leg: Leg) -> list[str]:
    """Return what the owner should know besides: muted, on hold, talking to nobody."""
    stay = leg.participant
    if leg.state != "answered" or stay is None:
        return []
    found = []
    if stay.on_hold or stay.waits:
        found.append("You are on hold: nobody hears you.")
    if stay.muted:
        found.append("You are muted: nobody hears you.")
    return found or (["You are talking."] if leg.speaking else [])


def talking(leg: Leg) -> list[Leg]:
    """Return the others in the conference who are heard, and talk now."""
    inside = leg.participant.conference.inside.values() if leg.participant else ()
    heard = (each.leg for each in inside if each.leg is not leg and each.audible)
    return [each for each in heard if each.speaking]


def _voices(leg: Leg, others: tuple[str, ...], name: Name) -> str:
    if not others:
        alone = leg.participant is None or len(leg.participant.conference.inside) == 1
        return f"Silence: nobody {'else is here' if alone else 'here can be heard'}."
    if talk := [name(each.number) for each in talking(leg)]:
        return f"{joined(talk)} {'is' if len(talk) == 1 else 'are'} talking."
    return f"You can hear {joined([name(each) for each in others])}. Nobody else is talking."


def _waiting(stay: Participant | None, what: str) -> str:
    sound = "Music" if what == "music" else "Silence"
    if stay is None:
        return f"{sound}: Telnyx waits for what the app wants next."
    if len(stay.conference.inside) == 1:
        return f"{sound}: nobody else is here."
    return f"{sound}, while you are on hold."
