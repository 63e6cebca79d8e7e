"""The ways in which Telnyx may behave, where it documents none or several."""

from __future__ import annotations

from dataclasses import dataclass

LAST = ("call.hangup", "conference.participant.left", "conference.ended")


@dataclass(eq=False)
class Ways:
    """One way of each. The defaults are what others have seen of the service, or the likelier way.

    A test may change them at any time.

    own_calls_arrive: whether a call to an address of the account has a second, incoming leg.
    keys_in_conference: whether call.dtmf.received reports keys inside a conference.
    last_events: the order of the last events of a call and its conference.
    retries: whether webhooks are delivered again.
    shows_hold: whether lists show that participants are on hold.
    lists_held: whether they have these participants at all.
    held_calls_alive: whether calls of held participants are shown as alive.
    silent_hold: whether a hold needs no audio.
    texml_method: "post" or "get", of a TeXML application that is created without.
    hangup_has_state: whether call.hangup has a client_state.
    wraps_floor: whether conference.floor.changed has its fields inside `data`.
    same_name: the reason for which a second conference of a name is refused; "" if it is not.
    longest_state: characters of a client_state that are kept; None for all.
    heeds_command_ids: whether a repeated command_id is ignored.
    limit_reset: the header x-ratelimit-reset of each answer; "" for none.
    leaves_calls_up: whether calls outlast a conference whose time is over.
    soft_end: what becomes of the others when a participant leaves with
    soft_end_conference_on_exit: "calls stay", "calls end" or "conference stays".
    """

    own_calls_arrive: bool = True
    keys_in_conference: bool = True
    last_events: tuple[str, ...] = LAST
    retries: bool = True
    shows_hold: bool = True
    lists_held: bool = True
    held_calls_alive: bool = True
    silent_hold: bool = True
    texml_method: str = "post"
    hangup_has_state: bool = True
    wraps_floor: bool = True
    same_name: str = "name taken"
    longest_state: int | None = None
    heeds_command_ids: bool = True
    limit_reset: str = ""
    leaves_calls_up: bool = False
    soft_end: str = "calls stay"
