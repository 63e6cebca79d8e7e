"""The steps of a probe, a function for each. Few calls are made, to the account's own address only.

Each call has a time limit.
"""

from __future__ import annotations

import secrets
from urllib.parse import quote

from conference.probe.account import Stopped
from conference.probe.answers import BEFORE, FLOOR, HANGUP, INSIDE, Answer, held_participant
from conference.probe.stage import (
    RINGS,
    SOON,
    Stage,
    dial,
    digits_of,
    encoded,
    inbound,
    open_conference,
    opened,
    ringing,
)
from conference.probe.traffic import text
from conference.telnyx_records.applications import CALL_CONTROL, TEXML

READS = 3  # of a list
SPEECH = 20.0  # seconds for a word: a new account plays a notice before it
RETRIES = 120.0  # seconds in which attempts are counted
STATES = (512, 1024, 4096, 8192)  # characters of client_state
VOICE = {"voice": "female", "language": "en-US"}
SIP = "sip:probe@{}.sip.telnyx.com"


def application(stage: Stage) -> None:
    """Create the application with the profile of the line's own, which is only read."""
    if stage.account.connection_id:
        path = f"/call_control_applications/{quote(stage.account.connection_id, safe='')}"
        read = stage.account.send("GET", path).data
        outbound = read.get("outbound") if isinstance(read, dict) else None
        stage.profile = text(outbound, "outbound_voice_profile_id")
    fields = {"webhook_event_url": stage.url("webhook"), "webhook_api_version": "2"}
    fields |= inbound(stage, stage.subdomain)
    stage.application = stage.account.create(CALL_CONTROL, fields)
    stage.to = SIP.format(stage.subdomain)
    if stage.borrow:
        stage.to = stage.account.number
        stage.account.borrow_number(stage.application)


def call_itself(stage: Stage) -> None:
    dial(stage, stage.to)
    stage.notes.wait(lambda seen: ringing(seen, stage.account.number), RINGS)


def answer(stage: Stage) -> None:
    ring = ringing(stage.traffic, stage.account.number)
    if ring is None:
        raise Stopped("the call to the account's own address did not arrive")
    stage.act(ring.call, "answer", client_state=encoded("probe"))
    if not stage.webhook("call.answered", stage.traffic.outgoing):
        raise Stopped("the call was not answered")


def client_state(stage: Stage) -> None:
    for count, size in enumerate(STATES, 1):
        state = encoded("x" * (size * 3 // 4))
        id = secrets.token_hex(8)
        said = {"payload": str(count), **VOICE, "client_state": state, "command_id": id}
        if stage.act(stage.traffic.outgoing, "speak", **said).accepted:
            stage.webhook("call.speak.ended", stage.traffic.outgoing, count, SPEECH)


def repeat(stage: Stage) -> None:
    outgoing, id = stage.traffic.outgoing, secrets.token_hex(8)
    before = len(stage.traffic.webhooks("call.speak.ended", outgoing))
    said = {"payload": "Twice", **VOICE, "client_state": encoded("repeat"), "command_id": id}
    for _ in range(2):
        stage.act(outgoing, "speak", **said)
    stage.webhook("call.speak.ended", outgoing, before + 2, SPEECH)


def keys_before(stage: Stage) -> None:
    _press(stage, BEFORE)


def keys_inside(stage: Stage) -> None:
    _press(stage, INSIDE)


def _press(stage: Stage, digit: str) -> None:
    stage.act(stage.traffic.incoming, "send_dtmf", digits=digit)
    stage.notes.wait(
        lambda seen: any(
            text(each.payload, "digit") == digit for each in seen.webhooks("call.dtmf.received")
        ),
        SOON,
    )


def conference(stage: Stage) -> None:
    open_conference(stage, stage.traffic.outgoing)


def same_name(stage: Stage) -> None:
    """Let the other end create it, too. If that works, it leaves again."""
    name = opened(stage.traffic).body["name"]
    body = {"call_control_id": stage.traffic.incoming, "name": name}
    sent = stage.account.send("POST", "/conferences", body)
    if sent.accepted:
        id = text(sent.data, "id")
        stage.conference(id, "leave", call_control_id=stage.traffic.incoming)


def floor(stage: Stage) -> None:
    """Speak on the other end: so the word comes in by the end that is in the conference."""
    incoming, id = stage.traffic.incoming, secrets.token_hex(8)
    stage.act(incoming, "speak", payload="Hello", **VOICE, command_id=id)
    stage.notes.wait(lambda seen: bool(seen.webhooks(FLOOR)), SOON)


def hold(stage: Stage) -> None:
    call, id = stage.traffic.outgoing, text(opened(stage.traffic).data, "id")
    held = stage.conference(id, "hold", call_control_ids=[call])
    if not held.accepted:
        stage.conference(id, "hold", call_control_ids=[call], audio_url=stage.url("hold.wav"))
    for _ in range(READS):  # lists are behind for a moment
        stage.account.send("GET", f"/conferences/{quote(id, safe='')}/participants")
        if held_participant(stage.traffic) == Answer("on_hold is true"):
            break
        stage.pause(2)
    stage.account.send("GET", f"/calls/{quote(call, safe='')}")
    stage.conference(id, "unhold", call_control_ids=[call])


def soft_end(stage: Stage) -> None:
    other, id = stage.traffic.incoming, text(opened(stage.traffic).data, "id")
    join = {"call_control_id": other, "soft_end_conference_on_exit": True}
    if not stage.conference(id, "join", **join).accepted:
        return
    stage.webhook("conference.participant.joined", other)
    stage.conference(id, "leave", call_control_id=other)
    if stage.webhook("conference.ended"):
        stage.webhook(HANGUP, stage.traffic.outgoing)
    stage.account.send("GET", f"/calls/{quote(stage.traffic.outgoing, safe='')}")


def last_caller(stage: Stage) -> None:
    """Let the other end hang up. Its call.hangup is the webhook that is refused from now on."""
    traffic = stage.traffic
    outgoing, incoming = traffic.outgoing, traffic.incoming
    if traffic.webhooks("conference.ended"):
        open_conference(stage, outgoing)
    stage.inbox.refused.add(incoming)
    before = len(traffic.webhooks("conference.ended"))
    stage.act(incoming, "hangup")
    stage.webhook(HANGUP, outgoing)
    stage.webhook("conference.participant.left", outgoing, before + 1)
    stage.webhook("conference.ended", "", before + 1)


def retries(stage: Stage) -> None:
    stage.pause(RETRIES)


def texml_call(stage: Stage) -> None:
    """Call a TeXML application, which refuses the call: it costs nothing but the attempt."""
    subdomain = f"{stage.subdomain}t"
    fields = {"voice_url": stage.url("texml"), **inbound(stage, subdomain)}
    application = stage.account.create(TEXML, fields)
    stage.account.send("GET", "/whoami")
    if stage.borrow:
        stage.account.borrow_number(application)
    dial(stage, stage.account.number if stage.borrow else SIP.format(subdomain))
    stage.notes.wait(lambda seen: bool(seen.fetches), SOON * 2)


def person(stage: Stage) -> None:
    """Let the owner call the borrowed number."""
    if not stage.ask or not stage.borrow:
        raise Stopped("a person must call: use --borrow-number, in a terminal, without --yes")
    stage.account.borrow_number(stage.application)
    last = digits_of(stage.ask("The last four digits of the telephone you call from:"))[-4:]
    stage.ask("Call the number of the line now, and press Enter when it rings.")
    ring = stage.notes.wait(lambda seen: ringing(seen, last) if len(last) == 4 else None, RINGS)
    if ring is None:
        raise Stopped("no call from that telephone arrived")
    stage.act(ring.call, "answer", client_state=encoded("probe"))
    if not stage.webhook("call.answered", ring.call):
        raise Stopped("your call was not answered")
    id = open_conference(stage, ring.call)
    stage.ask("Press one key of the telephone, then Enter.")
    stage.webhook("call.dtmf.received", ring.call)
    stage.conference(id, "hold", call_control_ids=[ring.call])
    heard = stage.ask("What do you hear: silence, music, or something else?")
    stage.notes.said(heard if heard in ("silence", "music") else "something else")
    stage.act(ring.call, "hangup")
