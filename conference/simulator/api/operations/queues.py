"""The operations on queues and the calls in them: one function for one, in the dict at the foot."""

from __future__ import annotations

from collections.abc import Mapping

from ...network import queues
from ...network.world import World
from .. import pages, views
from ..asked import Asked, Json, Operate


def list_all(world: World, asked: Asked) -> Json:
    return pages.numbered([views.queue(world, each) for each in world.queues.values()], asked.query)


def create(world: World, asked: Asked) -> Json:
    size = asked.body.get("max_size", queues.MAX_SIZE)
    return {"data": views.queue(world, queues.create(world, asked.body["queue_name"], size))}


def read(world: World, asked: Asked) -> Json:
    return {"data": views.queue(world, queues.find(world, asked.target))}


def update(world: World, asked: Asked) -> Json:
    """Those who wait stay, also if they are more than may be from now on."""
    queue = queues.find(world, asked.target)
    queue.max_size, queue.updated_at = asked.body["max_size"], world.clock.now()
    return {"data": views.queue(world, queue)}


def delete(world: World, asked: Asked) -> Json:
    queues.delete(world, asked.target)
    return {}


def calls(world: World, asked: Asked) -> Json:
    queue = queues.find(world, asked.target)
    rows = [views.queue_call(world, queue, place) for place in queue.places.values()]
    return pages.numbered(rows, asked.query)


def read_call(world: World, asked: Asked) -> Json:
    queue = queues.find(world, asked.target)
    return {"data": views.queue_call(world, queue, queues.place(queue, asked.part))}


def update_call(world: World, asked: Asked) -> Json:
    place = queues.place(queues.find(world, asked.target), asked.part)
    place.keep_after_hangup = asked.body.get("keep_after_hangup", place.keep_after_hangup)
    return {}


def remove_call(world: World, asked: Asked) -> Json:
    queues.remove(world, queues.find(world, asked.target), asked.part)
    return {}


OPERATIONS: Mapping[str, Operate] = {
    "ListQueues": list_all,
    "CreateQueue": create,
    "RetrieveCallQueue": read,
    "UpdateQueue": update,
    "DeleteQueue": delete,
    "ListQueueCalls": calls,
    "RetrieveCallFromQueue": read_call,
    "UpdateCallInQueue": update_call,
    "RemoveQueueCall": remove_call,
}
