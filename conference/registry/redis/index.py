"""Finds in Redis the rooms of calls and conferences, the calls of legs, and the ids of requests."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from threading import Lock

from redis import Redis

from conference.core.change import Change
from conference.core.events import FLOOR, Webhook
from conference.core.room import Room
from conference.core.room_fields import plain
from conference.registry.contract import Found, FromTelnyx
from conference.registry.redis.connection import read_all, unavailable
from conference.registry.redis.keys import Keys
from conference.registry.redis.known import Known
from conference.registry.redis.room_scripts import DELETE_IF

IDS_KEPT = 3_600_000  # milliseconds that the ids of events and requests are kept
KEPT = 86_400_000  # milliseconds that calls, conferences and legs are kept; they last 4 hours
MOST_LEGS = 20_000  # that this process remembers
MOST_CONFERENCES = 20_000  # that this process remembers
MOST_SEEN = 20_000  # ids that wait to be written


class Index:
    """Keys that are shared by all rooms, so they are not written in one step with a room.

    The room of a new call is written before the room itself: no event of the call may miss it. What
    is no longer true is removed afterwards, or by Redis after a day. An event's id is written here
    soon after it is written with its room.
    """

    def __init__(self, client: Redis, keys: Keys, known: Known) -> None:
        self._client = client
        self._keys = keys
        self._known = known
        self._conferences: OrderedDict[str, str] = OrderedDict()  # conference -> room
        self._legs: OrderedDict[str, str] = OrderedDict()  # leg -> call
        self._seen: deque[str] = deque(maxlen=MOST_SEEN)  # ids that are not written yet
        self._lock = Lock()

    def room_of_call(self, call: str) -> str | None:
        """Return the name of the call's room; None if none is known."""
        return self._get("call", call)

    def look_up(self, event: FromTelnyx) -> Found:
        """Return the event with its call, and what the index has of it: read in one step."""
        if isinstance(event, Webhook) and event.leg:
            if event.call:
                self.note_leg(event.leg, event.call)
            elif call := self.call_of_leg(event.leg):
                event = replace(event, call=call)
        id = "" if event.type == FLOOR else event.id  # a change of speaker may count twice
        in_call, in_conference = ("call", event.call), ("conference", event.conference)
        seen = ("seen", id)
        live = self._room_of_live(event.conference)
        known = {in_conference: live}
        known |= self._read([seen] if live else [in_call, in_conference, seen])
        if room := known[in_conference]:
            self._note_conference(event.conference, room)

        def look(kind: str, id: str) -> str | None:
            return known[kind, id] if (kind, id) in known else self._get(kind, id)

        repeated = bool(known.get(seen))
        return Found(event, partial(look, "call"), partial(look, "conference"), repeated)

    def _read(self, asked: Collection[tuple[str, str]]) -> dict[tuple[str, str], str | None]:
        """Read these keys in one step, if there are any. None where nothing is known."""
        wanted = [(kind, id) for kind, id in asked if id]
        keys = [self._key(kind, id) for kind, id in wanted]
        return dict(zip(wanted, read_all(self._client, keys) if keys else (), strict=True))

    def _room_of_live(self, conference: str) -> str | None:
        """Return the room of this conference, if this process knows it as live: it never moves."""
        record = self._known.get(self._conferences.get(conference, ""))
        return record.room.name if record and record.room.conference == conference else None

    def _note_conference(self, conference: str, room: str) -> None:
        if conference and conference not in self._conferences:
            with self._lock:
                self._conferences[conference] = room
                if len(self._conferences) > MOST_CONFERENCES:
                    self._conferences.popitem(last=False)

    def note_seen(self, event_id: str) -> None:
        """Write with others, by `write_seen`, that the event was applied."""
        self._seen.append(event_id)

    def write_seen(self) -> None:
        """Write the ids of the events that were applied since the last time."""
        ids = [self._seen.popleft() for _ in range(len(self._seen))]
        with unavailable(), self._client.pipeline(transaction=False) as pipeline:
            for id in ids:
                pipeline.set(self._key("seen", id), 1, px=IDS_KEPT)
            pipeline.execute()

    def add(self, change: Change) -> None:
        """Write where the calls and conferences are that the change brings."""
        before, after = change.before, change.after
        calls = [
            call
            for call in change.touched
            if call in after.participants and call not in before.participants
        ]
        if after.ended is not before.ended:
            here = before.ended.keys() | before.participants.keys()
            calls += [each for each in after.ended if each not in here]
        new = [self._key("call", call) for call in calls]
        if after.conference and after.conference != before.conference:
            new.append(self._key("conference", after.conference))
            self._note_conference(after.conference, after.name)
        with unavailable():
            for key in new:
                self._client.set(key, after.name, px=KEPT)

    def remove(self, change: Change) -> None:
        """Remove the calls and conferences that the change has made the room forget."""
        before, after = change.before, change.after
        moved: set[str] = set()
        if before.ended is not after.ended:
            moved = before.ended.keys() - after.ended.keys()
        known = moved.union(change.touched, {before.conference})
        self._delete([id for id in known if id and not knows(after, id)], after.name)

    def forget(self, room: Room) -> None:
        """Remove all calls and conferences of the room."""
        known = {*room.participants, *room.ended, room.conference}
        self._delete([id for id in known if id], room.name)

    def call_of_leg(self, leg: str) -> str:
        """Return the call of this leg; empty if none is known."""
        return self._legs.get(leg) or self._get("leg", leg) or ""

    def note_leg(self, leg: str, call: str) -> None:
        """Write the call of this leg, unless this process has written it."""
        if leg in self._legs:
            return
        with unavailable():
            self._client.set(self._key("leg", leg), call, nx=True, px=KEPT)
        with self._lock:
            self._legs[leg] = call
            if len(self._legs) > MOST_LEGS:
                self._legs.popitem(last=False)

    def claim(self, request: str, digest: str, room: str) -> bool:
        """Note that the request is being applied to this room. Return whether no other has it."""
        key = self._key("request", request)
        with unavailable():
            if self._client.set(key, f"{room} {digest}", nx=True, px=IDS_KEPT):
                return True
            return str(self._client.get(key) or "").split(" ")[0] in ("", room)

    def give_back(self, request: str, digest: str, room: str) -> None:
        """Remove the claim of a request that was not applied."""
        if self.digest_of(request) is None:
            DELETE_IF(self._client, [self._key("request", request)], f"{room} {digest}")

    def digest_of(self, request: str) -> str | None:
        """Return the digest of the request with this id; None if none was applied."""
        claimed = self._get("request", request)
        if claimed is None:
            return None
        with unavailable():
            found = self._client.get(self.id_key(claimed.split(" ")[0], True, request))
        return None if found is None else str(found)

    def id_key(self, room: str, of_request: bool, id: str) -> str:
        """Return the key of an event's or a request's id, which is written with the room."""
        return self._keys.of_room(room, f"{'request' if of_request else 'event'}:{plain(id)}")

    def _key(self, kind: str, id: str) -> str:
        return self._keys.of_all(f"{kind}:{plain(id)}")

    def _get(self, kind: str, id: str) -> str | None:
        if not id:
            return None
        with unavailable():
            found = self._client.get(self._key(kind, id))
        return None if found is None else str(found)

    def _delete(self, ids: Collection[str], room: str) -> None:
        for id in ids:
            for kind in ("call", "conference"):
                DELETE_IF(self._client, [self._key(kind, id)], room)


def knows(room: Room, id: str) -> bool:
    """Whether the call or conference is in the room, or was a short time ago."""
    return id in room.participants or id in room.ended or id == room.conference
