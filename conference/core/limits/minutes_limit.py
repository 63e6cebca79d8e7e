"""The limit of a room's call minutes on a day: a warning, the announcement of the end, the end.

Deadline "minutes": when the next of these is due, or the day is over.
"""

from __future__ import annotations

from conference.core.announcements.announcing import announce
from conference.core.limits.day_minutes import DAY, DayMinutes, day_of
from conference.core.replacing import replace
from conference.core.requests.whole_room import end_conference
from conference.core.room import Deadline, Room
from conference.core.transitions import set_deadline
from conference.core.words import Sentence, say

MINUTES = Deadline("minutes", "")
WARNED_AT = 0.9  # of the limit
GRACE = 60.0  # seconds from the announcement of the end to the end

NEARLY = Sentence("The minutes of this conference are nearly used up for today.")
USED_UP = Sentence(
    "The minutes of this conference are used up for today. The conference ends in a minute."
)


def count_minutes(room: Room, at: float) -> Room:
    """Count with the present number of calls from now on. Calls that ring cost nothing."""
    if not room.settings.minutes_per_day:
        return room
    calls = sum(p.status != "ringing" for p in room.participants.values())
    today = day_of(at) == room.minutes.day
    if calls == room.minutes.calls and (today or not calls):
        return room
    step = room.minutes.step if today else ""
    counted = DayMinutes(day_of(at), room.minutes.used(at), at, calls, step)
    return _schedule(replace(room, minutes=counted), at)


def minutes_deadline(room: Room, _: str, at: float) -> Room:
    """Announce what is due; end the conference a minute after its minutes are used up."""
    if day_of(at) != room.minutes.day:
        return count_minutes(room, at)
    if room.minutes.used_up(at):
        room = set_deadline(room, MINUTES, at + GRACE)  # in case Telnyx refuses the end
        return end_conference(room, at, f"minutes {room.version}")
    room = replace(room, minutes=replace(room.minutes, seconds=room.minutes.used(at), since=at))
    if _due(room, at) > at + 0.001:
        return _schedule(room, at)
    warned = room.minutes.step == "warned"
    if room.joined:
        room = announce(room, say(room, USED_UP if warned else NEARLY), at, room.joined)
    step = "used-up" if warned else "warned"
    room = replace(room, minutes=replace(room.minutes, step=step))
    return set_deadline(room, MINUTES, at + GRACE) if warned else _schedule(room, at)


def _threshold(room: Room) -> float:
    limit = room.settings.minutes_per_day * 60.0
    return limit if room.minutes.step == "warned" else limit * WARNED_AT


def _schedule(room: Room, at: float) -> Room:
    """Set the deadline: when the calls of now have used so much, or at midnight."""
    minutes = room.minutes
    if not minutes.calls:
        return set_deadline(room, MINUTES, None)
    if minutes.used_up(at):
        return set_deadline(room, MINUTES, room.deadlines.get(MINUTES, at + GRACE))
    return set_deadline(room, MINUTES, _due(room, at))


def _due(room: Room, at: float) -> float:
    """Return when the calls of now have used as much as the next step takes, or midnight.

    An end after midnight is not announced: the minutes of the next day begin before it.
    """
    minutes = room.minutes
    midnight = (minutes.day + 1) * DAY
    due = at + max(_threshold(room) - minutes.used(at), 0.0) / max(minutes.calls, 1)
    latest = midnight - GRACE if minutes.step == "warned" else midnight
    return due if due < latest else midnight
