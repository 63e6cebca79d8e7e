"""Finds the moderators' requests that a change came of: `requests` in `/api/events`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property

from conference.core.change import Change
from conference.core.commands import (
    Command,
    Dial,
    Hold,
    HoldOrMute,
    Mute,
    OfCall,
    Unhold,
    Unmute,
)
from conference.core.events import (
    HandedOver,
    InternalFault,
    ModeratorRequest,
    Outcome,
    Webhook,
)
from conference.core.participant import Participant
from conference.core.rules import asked_for
from conference.core.texml.facts import Fetch, PinPosted, StatusCallback

MOST_OUTSIDE = 2000  # calls in no room whose requests are remembered
OF_A_CALL = "call."  # how the types of webhooks begin whose client_state is that of their call

Ids = tuple[str, ...]
"""Ids of requests, each once."""


class CallsOutside:
    """The requests of calls that are in no room.

    A call that has ended: webhooks follow. A call that a dial by TeXML has begun, until it joins.
    """

    def __init__(self) -> None:
        self.requests: OrderedDict[str, Ids] = OrderedDict()  # by call, the newest last

    def note(self, change: Change) -> None:
        """Remember the calls that the change removes from the room, or begins."""
        before, after = change.before.participants, change.after.participants
        for call in change.touched:
            if call not in after and call in before:
                self._keep(call, _of_participant(before[call]))
        match change.event:
            case Outcome(command=Dial() as dial, data={"call_control_id": str(call)}):
                self._keep(call, _ids(dial.request))

    def _keep(self, call: str, ids: Ids) -> None:
        if ids:
            self.requests[call] = ids
            self.requests.move_to_end(call)
            if len(self.requests) > MOST_OUTSIDE:
                self.requests.popitem(last=False)


class RequestIds:
    """Returns the ids of the requests behind the parts of one change.

    A call has the dial that began it, and the request that ends it.
    """

    def __init__(self, change: Change, outside: Mapping[str, Ids]) -> None:
        self._change = change
        self._outside = outside

    @cached_property
    def of_event(self) -> Ids:
        """The requests that the event came of."""
        match self._change.event:
            case ModeratorRequest(id=request) | HandedOver(request=request):
                return _ids(request)
            case Outcome(command=command) | InternalFault(command=command):
                return self.of_command(command)
            case StatusCallback(call=call) | Fetch(call=call) | PinPosted(call=call):
                return self.of_call(call)
            case Webhook() as event:
                return self.of_call(event.call) or _of_client_state(event)
            case _:
                return ()

    def of_command(self, command: Command) -> Ids:
        """Return the requests that the command came of.

        Without any of its own, a command that moves a call came of the requests of the call.
        """
        if isinstance(command, HoldOrMute) and command.asked_by:
            return tuple(sorted(command.asked_by))
        if command.request or not isinstance(command, OfCall):
            return _ids(command.request)
        return self.of_call(command.call)

    def of_effect(self, call: str = "") -> Ids:
        """Return the requests that a change of the call, or of the room, came of.

        A webhook about one call may change others, which is no work of the first call's requests.
        """
        match self._change.event:
            case Webhook() | StatusCallback() | Fetch() | PinPosted():
                causes: Ids = ()
            case Outcome(command=Hold() | Unhold() | Mute() | Unmute()) if call:
                known, rest = self._of_each_call
                causes = (known[call],) if call in known else rest
            case _:
                causes = self.of_event
        return _ids(*causes, *self.of_call(call))

    def of_call(self, call: str) -> Ids:
        """Return the requests of the call; none without a call."""
        room, before = self._change.after, self._change.before
        known = room.participants.get(call) or before.participants.get(call)
        return _of_participant(known) if known else self._outside.get(call, ())

    @cached_property
    def _of_each_call(self) -> tuple[Mapping[str, str], Ids]:
        """By call, the request behind its part of a joint hold or mute; and those for the others.

        A newer request for a call hides the one that the command came of. A call may also be named
        by the rule alone.
        """
        event = self._change.event
        if not isinstance(event, Outcome) or not isinstance(event.command, HoldOrMute):
            return {}, ()
        by, cause = event.command.asked_by, event.command.request
        wanted = asked_for(self._change.before, event.command)
        known = {call: request for call, request in wanted if request in by}
        return known, tuple(sorted(by.difference(known.values()))) or _ids(cause)


def _of_participant(participant: Participant) -> Ids:
    return _ids(participant.dial, participant.ended_by)


def _of_client_state(event: Webhook) -> Ids:
    """Return the dial in the client_state. A conference's webhook has that of its owner."""
    known = event.client_state if event.type.startswith(OF_A_CALL) else None
    return _ids(known.dial) if known else ()


def _ids(*ids: str) -> Ids:
    return tuple(dict.fromkeys(filter(None, ids)))
