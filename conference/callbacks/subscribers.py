"""The subscribers of all rooms: each address has a delivery of its own, so none delays another."""

from __future__ import annotations

from collections.abc import Iterator

from conference.callbacks.delivery import CallbackDelivery
from conference.callbacks.signing_key import callback_key
from conference.callbacks.subscriptions import Subscription, subscriptions
from conference.callbacks.turns import Turns
from conference.clock import Clock
from conference.core.change import Change
from conference.reporting.metrics import Metrics, Uncounted
from conference.settings import Settings


class Subscribers:
    """An observer of all rooms: the news of a room go to its subscriptions.

    Rooms with equal subscriptions share a delivery. Without TELNYX_API_KEY nothing is sent.
    """

    def __init__(
        self, settings: Settings, clock: Clock, metrics: Metrics | Uncounted | None = None
    ) -> None:
        usual = [*subscriptions(settings.room, reports=bool(settings.rooms))]
        by_room = {
            name: [*subscriptions(room, f"status_callback of room {name}", reports=True)]
            for name, room in settings.rooms.items()
        }
        every = dict.fromkeys(each for found in (usual, *by_room.values()) for each in found)
        self._deliveries = _deliveries([*every], settings, clock, metrics)
        self._usual = self._those(usual)
        self._by_room = {name: self._those(found) for name, found in by_room.items()}

    def __iter__(self) -> Iterator[CallbackDelivery]:
        return iter(self._deliveries.values())

    def of(self, room: str) -> tuple[CallbackDelivery, ...]:
        """Return the deliveries of a room."""
        return self._by_room.get(room, self._usual)

    def observe(self, change: Change) -> None:
        """Queue the news of the change. Called in the room's order."""
        for delivery in self.of(change.after.name):
            delivery.observe(change)

    def _those(self, found: list[Subscription]) -> tuple[CallbackDelivery, ...]:
        return tuple(self._deliveries[each] for each in found if each in self._deliveries)


def _deliveries(
    every: list[Subscription],
    settings: Settings,
    clock: Clock,
    metrics: Metrics | Uncounted | None,
) -> dict[Subscription, CallbackDelivery]:
    if not settings.telnyx_api_key:
        return {}
    key, turns = callback_key(settings.telnyx_api_key), Turns()
    number = settings.telnyx_number
    return {
        each: CallbackDelivery(each, key, number, clock, turns, among=len(every), metrics=metrics)
        for each in every
    }
