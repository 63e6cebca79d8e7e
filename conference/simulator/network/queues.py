"""Queues of calls: entering, waiting, leaving.

A caller in a queue hears what is played to the call, and silence otherwise.
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
MAX_SIZE_OF_ENQUEUE = 100  # of a queue that its first call creates


def create(world: World, name: str, max_size: int) -> Queue:
    """Create a queue. Raise Refused if its name is taken."""
    if name in world.queues:
        raise refused("queue exists", "/queue_name")
    now = world.clock.now()
    queue = world.queues[name] = Queue(name, max_size, now, now)
    return queue


def find(world: World, name: str) -> Queue:
    """Return a queue by name. Raise Refused for an unknown one."""
    if queue := world.queues.get(name):
        return queue
    raise refused("no such queue")


def delete(world: World, name: str) -> None:
    """Delete a queue. Raise Refused unless it is empty."""
    if find(world, name).places:
        raise refused("queue not empty")
    del world.queues[name]


def place(queue: Queue, call_control_id: str) -> Place:
    """Return a call's place. Raise Refused if the call is not in the queue."""
    if found := queue.places.get(call_control_id):
        return found
    raise refused("not in this queue")


def of(world: World, leg: Leg) -> Queue | None:
    """Return the queue that the call is in, if it is in one."""
    queues = world.queues.values()
    return next((queue for queue in queues if leg.call_control_id in queue.places), None)


def enqueue(world: World, leg: Leg, fields: Mapping[str, Any]) -> None:
    """Put a call at the end of a queue, which is created if it does not exist.

    fields: the request's. Raise Refused if the call is in a queue, or the queue is full.
    """
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
    """Take a call out of its queue. Raise Refused if it is in none."""
    if not (queue := of(world, leg)):
        raise refused("not queued")
    _leave(world, queue, leg, "leave")


def hung_up(world: World, leg: Leg) -> None:
    """Take a call that has ended out of its queue, unless it keeps its place."""
    queue = of(world, leg)
    if queue and not queue.places[leg.call_control_id].keep_after_hangup:
        _leave(world, queue, leg, "hangup")


def remove(world: World, queue: Queue, call_control_id: str) -> None:
    """Remove a call that has ended. Raise Refused for another one: it can leave by itself."""
    if place(queue, call_control_id).leg.state != "ended":
        raise refused("active in the queue")
    del queue.places[call_control_id]


def _leave(world: World, queue: Queue, leg: Leg, reason: str) -> None:
    payload = events.dequeued(world, queue, leg, reason)
    del queue.places[leg.call_control_id]
    world.emit("call.dequeued", payload)
