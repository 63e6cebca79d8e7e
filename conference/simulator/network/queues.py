"""Queues of calls: who waits, for how long, why they leave.

Who waits hears what is played to the call, and silence otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..api.errors import queue_full, refused
from ..webhooks import events
from .parties import Leg, Place, Queue
from .world import World

MAX_SIZE = 300  # of a queue that is created
MAX_SIZE_OF_ENQUEUE = 100  # of one that comes about by the first call that is put in it


def create(world: World, name: str, max_size: int) -> Queue:
    if name in world.queues:
        raise refused("queue exists", "/queue_name")
    now = world.clock.now()
    queue = world.queues[name] = Queue(name, max_size, now, now)
    return queue


def find(world: World, name: str) -> Queue:
    if queue := world.queues.get(name):
        return queue
    raise refused("no such queue")


def delete(world: World, name: str) -> None:
    if find(world, name).places:
        raise refused("queue not empty")
    del world.queues[name]


def place(queue: Queue, call_control_id: str) -> Place:
    if found := queue.places.get(call_control_id):
        return found
    raise refused("not in this queue")


def of(world: World, leg: Leg) -> Queue | None:
    """The queue that the call is in."""
    queues = world.queues.values()
    return next((queue for queue in queues if leg.call_control_id in queue.places), None)


def enqueue(world: World, leg: Leg, fields: Mapping[str, Any]) -> None:
    """Put it at the end of a queue, which comes about if need be. fields: the request's."""
    if of(world, leg):
        raise refused("in a queue")
    name = fields["queue_name"]
    if (queue := world.queues.get(name)) and len(queue.places) >= queue.max_size:
        raise queue_full(name)
    queue = queue or create(world, name, fields.get("max_size", MAX_SIZE_OF_ENQUEUE))
    waits = Place(leg, world.clock.now(), fields.get("keep_after_hangup", False))
    queue.places[leg.call_control_id] = waits
    world.emit("call.enqueued", events.enqueued(world, queue, leg))
    if "max_wait_time_secs" in fields:
        timeout = partial(_timeout, world, queue, waits)
        world.clock.after(fields["max_wait_time_secs"], timeout)


def _timeout(world: World, queue: Queue, waits: Place) -> None:
    leg = waits.leg
    if leg.state != "ended" and queue.places.get(leg.call_control_id) is waits:
        _leave(world, queue, leg, "timeout")


def leave(world: World, leg: Leg) -> None:
    if not (queue := of(world, leg)):
        raise refused("not queued")
    _leave(world, queue, leg, "leave")


def hung_up(world: World, leg: Leg) -> None:
    """A call that keeps its place after its end stays in the queue until it is removed."""
    queue = of(world, leg)
    if queue and not queue.places[leg.call_control_id].keep_after_hangup:
        _leave(world, queue, leg, "hangup")


def remove(world: World, queue: Queue, call_control_id: str) -> None:
    """Of a call that has ended. Others leave the queue by their own command."""
    if place(queue, call_control_id).leg.state != "ended":
        raise refused("active in the queue")
    del queue.places[call_control_id]


def _leave(world: World, queue: Queue, leg: Leg, reason: str) -> None:
    payload = events.dequeued(world, queue, leg, reason)
    del queue.places[leg.call_control_id]
    world.emit("call.dequeued", payload)
