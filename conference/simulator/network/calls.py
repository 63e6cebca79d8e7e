"""Single calls: dialling, ringing, answering."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

from ..account.records import Record
from ..api.errors import refused
from ..texml.parties import TexmlCall
from ..webhooks import events
from . import endings
from .parties import Leg
from .world import Script, World

PATIENCE = 30.0  # s that a caller waits for an answer
SET_UP = 0.1  # s from the answer command to the answered call
REFUSAL = 0.5  # s until the network or the called phone refuses
LONGEST = 4 * 3600.0  # s that a call lasts at most
DIALLABLE = re.compile(r"\+[1-9][0-9]{1,14}|sip:.+")


def live(leg: Leg) -> Leg:
    """Return the leg. Raise Refused if it has ended."""
    if leg.state == "ended":
        raise refused("call ended")
    return leg


def up(leg: Leg) -> Leg:
    """Return the leg. Raise Refused unless it is answered and has not ended."""
    if live(leg).state == "ringing":
        raise refused("not answered")
    return leg


def call_in(world: World, from_: str, to: str, peer: Leg | None = None) -> Leg:
    """Let a phone call a number, and so the application that the number is on.

    Without an active application the network refuses the call, and there are no webhooks.
    """
    application = world.account.answers(to)
    id = application["id"] if application else ""
    texml = TexmlCall() if id in world.account.texml_applications else None
    leg = _new(world, "incoming", from_, to, id, texml)
    leg.peer = peer
    _ring(world, leg)
    wait, cause, source = PATIENCE, "originator_cancel", "caller"
    if not application:
        wait, cause, source = REFUSAL, "not_found", "unknown"
    world.clock.after(wait, partial(_give_up, world, leg, cause, source))
    return leg


def call_out(
    world: World,
    from_: str,
    to: str,
    *,
    connection_id: str = "",
    client_state: str | None = None,
    timeout: float = PATIENCE,
    time_limit: float = LONGEST,
    timeout_cause: str = "timeout",
    texml: TexmlCall | None = None,
) -> Leg:
    """Let an application call a phone; without connection_id, the first one.

    texml: for a call of a TeXML application. timeout, time_limit: seconds until an unanswered, and
    an answered, call ends.
    """
    id = connection_id or world.account.connection_id
    leg = _new(world, "outgoing", from_, to, id, texml)
    leg.client_state, leg.time_limit = client_state, time_limit
    _ring(world, leg)
    world.clock.after(timeout, partial(_give_up, world, leg, timeout_cause, "caller"))
    if world.account.owns(to) and world.account.ways.own_calls_arrive:
        # a call to an address of the account has a second, incoming leg
        leg.peer = call_in(world, from_, to, peer=leg)
        return leg
    script = world.scripts.get(to, Script(refuse="not_found"))
    if script.refuse:
        source = "unknown" if script.refuse == "not_found" else "callee"
        world.clock.after(REFUSAL, partial(_give_up, world, leg, script.refuse, source))
    elif script.answer_after is not None:
        world.clock.after(script.answer_after, partial(connect, world, leg))
    return leg


def may_dial(world: World, application: Record) -> None:
    """Raise Refused for an application that is switched off, or has no outbound voice profile."""
    profile = world.account.profile_of(application)
    if not application["active"]:
        raise refused("inactive connection")
    if profile is None:
        raise refused("no outbound profile")
    if not profile["enabled"]:
        raise refused("outbound profile disabled")


def _new(
    world: World, direction: str, from_: str, to: str, connection_id: str, texml: TexmlCall | None
) -> Leg:
    leg = Leg(
        lock=world.lock,
        number=from_ if direction == "incoming" else to,
        direction=direction,
        from_=from_,
        to=to,
        connection_id=connection_id,
        started_at=world.clock.now(),
    )
    if texml:
        leg.texml = texml
        leg.call_control_id = f"v2:{secrets.token_urlsafe(40)}"
    return leg


def _ring(world: World, leg: Leg) -> None:
    world.legs[leg.call_control_id] = leg
    world.emit("call.initiated", events.initiated(leg))
    world.happened("dials", leg.from_, leg.to)
    world.hear(leg)


def _give_up(world: World, leg: Leg, cause: str, source: str) -> None:
    if leg.state == "ringing":
        endings.hang_up(world, leg, cause, source)


def keep_state(leg: Leg, fields: Mapping[str, Any]) -> None:
    """Set the leg's client_state, if an accepted command contains one."""
    leg.client_state = fields.get("client_state", leg.client_state)


def answer(world: World, leg: Leg, fields: Mapping[str, Any]) -> None:
    """Let the application answer an incoming call. The call is up SET_UP later."""
    if live(leg).direction == "outgoing":
        raise refused("outgoing")
    if leg.answering:
        raise refused("answered twice")
    leg.answering = True
    keep_state(leg, fields)
    world.clock.after(SET_UP, partial(connect, world, leg))


def connect(world: World, leg: Leg) -> None:
    """Let a ringing call begin, as its two ends have agreed."""
    if leg.state != "ringing":
        return
    leg.answered_at = world.clock.now()
    world.emit("call.answered", events.answered(world, leg))
    world.happened("answered", leg.number, leg.direction)
    world.hear(leg)
    limit = partial(endings.hang_up, world, leg, "time_limit", "unknown")
    world.clock.after(leg.time_limit, limit)
    if leg.peer:
        connect(world, leg.peer)


def hang_up(world: World, leg: Leg, fields: Mapping[str, Any]) -> None:
    """Let the application end a call, answered or not."""
    keep_state(live(leg), fields)
    endings.hang_up_by_application(world, leg)
