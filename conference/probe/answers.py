"""Reads the answers from the traffic of a probe: a function for each question. Pure.

Each returns an Answer, or None where the traffic does not decide. Details hold figures and names of
Telnyx's only: no number, id or digit.
"""

from __future__ import annotations

from typing import NamedTuple

from conference.core.telnyx_time import sortable
from conference.probe.traffic import Sent, Traffic, Webhook, text

BEFORE, INSIDE = "1", "2"  # the digits that are sent before the conference, and in it
WHOLE = 1024  # characters of a client_state that the line may need
FLOOR = "conference.floor.changed"
LEFT, ENDED, HANGUP = "conference.participant.left", "conference.ended", "call.hangup"
UNIX_SECONDS = 1e9  # from here on a number is a time of day


class Answer(NamedTuple):
    """One of the answers of a question, and the figures behind it."""

    name: str
    detail: str = ""


def second_call(traffic: Traffic) -> Answer | None:
    if not traffic.outgoing:
        return None
    rings = traffic.webhooks("call.initiated")
    second = any(each.payload.get("direction") == "incoming" for each in rings)
    return Answer("arrives" if second else "does not arrive")


def digits_inside(traffic: Traffic) -> Answer | None:
    """Digits before the conference are the control: without these, none could arrive inside."""
    arrived = {
        text(each.payload, "digit")
        for each in traffic.webhooks("call.dtmf.received", traffic.outgoing)
    }
    inside = accepted(traffic.sent("keys-inside", "/send_dtmf"))
    if not inside or not traffic.outgoing or not arrived:
        return None
    if INSIDE in arrived:
        return Answer("arrive")
    return Answer("do not arrive", "they arrive before the conference")


def phone_keys(traffic: Traffic) -> Answer | None:
    if not traffic.said("person") or not traffic.person:
        return None
    keys = traffic.webhooks("call.dtmf.received", traffic.person)
    return Answer("arrive" if keys else "do not arrive")


def silent_hold_heard(traffic: Traffic) -> Answer | None:
    heard = traffic.said("person")
    return Answer(heard) if heard in ("silence", "music", "something else") else None


def last_events(traffic: Traffic) -> Answer | None:
    """The order is that of `occurred_at` if each event has one, else and at the same moment that of
    the arrival."""
    call, conference = traffic.outgoing, _last_conference(traffic)
    if not traffic.sent("last-caller", "/hangup") or not (call and conference):
        return None
    found = [
        *traffic.webhooks(HANGUP, call),
        *(e for e in traffic.webhooks(LEFT, call) if e.conference == conference),
        *(e for e in traffic.webhooks(ENDED) if e.conference == conference),
    ]
    if {each.event_type for each in found} != {HANGUP, LEFT, ENDED}:
        return None
    dated = all(sortable(each.occurred_at) for each in found)
    found.sort(key=lambda each: (sortable(each.occurred_at) if dated else "", each.at))
    first = {HANGUP: "hangup first", LEFT: "left first", ENDED: "ended first"}
    return Answer(first[found[0].event_type], ", ".join(each.event_type for each in found))


def _last_conference(traffic: Traffic) -> str:
    made = [e for e in traffic.all_sent if e.path == "/conferences" and e.accepted]
    ours = [e for e in made if e.body.get("call_control_id") == traffic.outgoing]
    return text(ours[-1].data, "id") if ours else ""


def retries(traffic: Traffic) -> Answer | None:
    if not traffic.incoming:
        return None
    attempts = traffic.attempts(HANGUP, traffic.incoming)
    if not attempts:
        return None
    times = ", ".join(f"{each.at - attempts[0].at:.1f}" for each in attempts)
    seen = f"attempts: {len(attempts)}, after {times} s"
    return Answer("retried" if len(attempts) > 1 else "not retried", seen)


def held_participant(traffic: Traffic) -> Answer | None:
    reads = accepted(traffic.sent("hold", "/participants", "GET"))
    rows = reads[-1].data if reads else None
    if not _held(traffic) or not isinstance(rows, list):
        return None
    ours = [row for row in rows if text(row, "call_control_id") == traffic.outgoing]
    shown = [row.get("on_hold") for row in ours if text(row, "status") != "left"]
    if not shown:
        return Answer("is not listed")
    return Answer("on_hold is true" if shown[-1] is True else "on_hold is not true")


def held_call(traffic: Traffic) -> Answer | None:
    reads = [e for e in traffic.sent("hold", method="GET") if e.path.startswith("/calls/")]
    if not _held(traffic) or not accepted(reads):
        return None
    alive = [each.data.get("is_alive") for each in reads if isinstance(each.data, dict)]
    return Answer("is alive" if alive[-1:] == [True] else "is not alive")


def silent_hold(traffic: Traffic) -> Answer | None:
    silent = [e for e in traffic.sent("hold", "/actions/hold") if not e.body.get("audio_url")]
    if not silent or not silent[0].status:
        return None
    return Answer("accepted") if silent[0].accepted else Answer("refused", refusal(silent[0]))


def _held(traffic: Traffic) -> bool:
    return bool(accepted(traffic.sent("hold", "/actions/hold")))


def fetch_signed(traffic: Traffic) -> Answer | None:
    if not traffic.fetches:
        return None
    names = {"valid": "signed", "wrong": "signed with another key", "none": "not signed"}
    return Answer(names[traffic.fetches[0].signature])


def fetch_method(traffic: Traffic) -> Answer | None:
    methods = sorted({each.method for each in traffic.fetches})
    return Answer(methods[0]) if len(methods) == 1 and methods[0] in ("GET", "POST") else None


def account_sid(traffic: Traffic) -> Answer | None:
    read = accepted([e for e in traffic.all_sent if e.path == "/whoami"])
    sids = {each.account for each in traffic.fetches if each.account}
    if not read or len(sids) != 1:
        return None
    (sid,) = sids
    ids = {name: text(read[0].data, f"{name}_id") for name in ("user", "organization")}
    same = [name for name, id in ids.items() if id == sid]
    if len(same) == 2:
        return Answer("both", "the two are the same")
    return Answer(same[0] if same else "neither")


def hangup_state(traffic: Traffic) -> Answer | None:
    ended = traffic.webhooks(HANGUP, traffic.outgoing) if traffic.outgoing else []
    if not ended:
        return None
    return Answer("is there" if ended[0].payload.get("client_state") else "is missing")


def floor_wrapped(traffic: Traffic) -> Answer | None:
    changes = traffic.webhooks(FLOOR)
    if not changes:
        return None
    return Answer("wrapped" if changes[0].wrapped else "not wrapped")


def same_name(traffic: Traffic) -> Answer | None:
    tries = [e for e in traffic.sent("same-name", "/conferences") if e.status]
    if not tries or not accepted(traffic.sent("conference", "/conferences")):
        return None
    if tries[0].accepted:
        return Answer("accepted")
    taken = tries[0].code == "90033"
    return Answer("90033") if taken else Answer("another refusal", refusal(tries[0]))


def state_size(traffic: Traffic) -> Answer | None:
    sent = [e for e in traffic.sent("client-state", "/speak") if e.status]
    told = {text(e.payload, "client_state") for e in traffic.webhooks("call.speak.started")}
    whole = [n for each in accepted(sent) if (n := _size(each)) and _state(each) in told]
    if not sent or not told:
        return None
    refused = [f"{_size(e)} refused with {refusal(e)}" for e in sent if not e.accepted]
    cut = [f"{_size(e)} not echoed whole" for e in accepted(sent) if _state(e) not in told]
    most = f"largest whole: {max(whole, default=0)} characters"
    enough = max(whole, default=0) >= WHOLE
    name = "1,024 characters are echoed" if enough else "less than 1,024 characters are echoed"
    return Answer(name, "; ".join([most, *refused, *cut]))


def _state(each: Sent) -> str:
    return text(each.body, "client_state")


def _size(each: Sent) -> int:
    return len(_state(each))


def repeated_command(traffic: Traffic) -> Answer | None:
    sent = [e for e in traffic.sent("repeat", "/speak") if e.status]
    if len(sent) != 2 or not sent[0].accepted:
        return None
    states = {_state(each) for each in sent}
    begun = [
        each
        for each in traffic.webhooks("call.speak.started", traffic.outgoing)
        if text(each.payload, "client_state") in states
    ]
    if not begun:
        return None
    second = "" if sent[1].accepted else refusal(sent[1])
    return Answer("ignored" if len(begun) == 1 else "executed again", second)


def limit_reset(traffic: Traffic) -> Answer | None:
    seen = [each.reset for each in traffic.all_sent if each.reset]
    try:
        values = [float(each) for each in seen]
    except ValueError:
        return Answer("another form")
    if not values:
        return None
    return Answer("a Unix time" if min(values) >= UNIX_SECONDS else "seconds")


def soft_end(traffic: Traffic) -> Answer | None:
    """Someone with `soft_end_conference_on_exit` has left: what became of the other one?"""
    left = accepted(traffic.sent("soft-end", "/actions/leave"))
    reads = [e for e in traffic.sent("soft-end", method="GET") if e.path.startswith("/calls/")]
    if not left or not accepted(reads) or not isinstance(reads[-1].data, dict):
        return None
    conference = text(accepted(traffic.sent("conference", "/conferences"))[0].data, "id")
    over = any(e.conference == conference for e in _in_step(traffic, ENDED, "soft-end"))
    if not over:
        return Answer("the conference continues")
    up = reads[-1].data.get("is_alive") is True
    return Answer(f"the conference ends, calls {'stay up' if up else 'end'}")


def _in_step(traffic: Traffic, event_type: str, step: str) -> list[Webhook]:
    return [each for each in traffic.webhooks(event_type) if each.step == step]


def accepted(sent: list[Sent]) -> list[Sent]:
    return [each for each in sent if each.accepted]


def refusal(each: Sent) -> str:
    """Return the status and code of a refusal: of Telnyx's own lists, nothing private."""
    if not each.status:
        return "no response"
    return f"{each.status}, code {each.code}" if each.code else str(each.status)
