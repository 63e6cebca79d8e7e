"""Names the keys in Redis, so that several lines can share one Redis."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one line. `application`: of instance_lock.application_name."""

    application: str

    def of_room(self, room: str, what: str) -> str:
        """Return a key of the room. The braces keep a room's keys on one node of a Cluster."""
        return f"conference:{self.application}:{{{room}}}:{what}"

    def of_all(self, what: str) -> str:
        """Return a key that all rooms share."""
        return f"conference:{self.application}:{what}"
