"""Operations on queues and their calls. The dict at the foot has a function for each."""

from __future__ import annotations

from collections.abc import Mapping

from ...network import queues
from ...network.world import World
from .. import pages, views
from ..requests import Json, Operate, ParsedRequest


def list_all(world: World, request: ParsedRequest) -> Json:
    rows = [views.queue(world, each) for each in world.queues.values()]
    return pages.numbered(rows, request.query)


def create(world: World, request: ParsedRequest) -> Json:
    size = request.body.get("max_size", queues.MAX_SIZE)
    return {"data": views.queue(world, queues.create(world, request.body["queue_name"], size))}


def read(world: World, request: ParsedRequest) -> Json:
    return {"data": views.queue(world, queues.find(world, request.target))}


def update(world: World, request: ParsedRequest) -> Json:
    """Change the size of a queue. Its calls stay, even if they are too many now."""
    queue = queues.find(world, request.target)
    queue.max_size, queue.updated_at = request.body["max_size"], world.clock.now()
    return {"data": views.queue(world, queue)}


def delete(world: World, request: ParsedRequest) -> Json:
    queues.delete(world, request.target)
    return {}


def calls(world: World, request: ParsedRequest) -> Json:
    queue = queues.find(world, request.target)
    rows = [views.queue_call(world, queue, place) for place in queue.places.values()]
    return pages.numbered(rows, request.query)


def read_call(world: World, request: ParsedRequest) -> Json:
    queue = queues.find(world, request.target)
    return {"data": views.queue_call(world, queue, queues.place(queue, request.part))}


def update_call(world: World, request: ParsedRequest) -> Json:
    place = queues.place(queues.find(world, request.target), request.part)
    place.keep_after_hangup = request.body.get("keep_after_hangup", place.keep_after_hangup)
    return {}


def remove_call(world: World, request: ParsedRequest) -> Json:
    queues.remove(world, queues.find(world, request.target), request.part)
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
