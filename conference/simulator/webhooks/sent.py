"""Notes webhooks and status callbacks in the traffic."""

from __future__ import annotations

from ..account.deliveries import Attempt as Made
from ..network.traffic import LONGEST
from ..network.world import World
from .delivery import Attempt
from .outgoing import Event, Message


def note(world: World, message: Message) -> None:
    """Note a message that is about to be sent. Its causes are those of the present step."""
    is_webhook = isinstance(message, Event)
    row = world.traffic.note(
        world.clock.now(), "webhook" if is_webhook else "callback", message.event_type
    )
    leg = world.legs.get(str(message.about.get("call_control_id")))
    if leg:
        row.calls, row.numbers = (leg.call_control_id,), (leg.number,)
    route = world.account.route(message.connection_id)
    row.sent = lambda: message.outgoing(route, 1).body.decode()
    world.traffic.identify(row, (message.id, message.line_key))


def struck(world: World, message: Message, fault: str) -> None:
    """Note that chaos hit a message. fault: as in WebhookFate."""
    if row := world.traffic.named(message.id):
        row.fault = f"chaos: {fault}"
        world.traffic.changed(row)


def delivered(world: World, attempt: Attempt) -> None:
    """Note an attempt to deliver, and its answer."""
    message, reply = attempt.message, attempt.reply
    if isinstance(message, Event):
        began, ended = world.date(attempt.began), world.date(world.clock.now())
        world.account.sent.note(message.data, Made(attempt.url, began, ended, reply))
    if row := world.traffic.named(message.id):
        row.tries += 1
        row.status = reply.status if reply else 0
        row.answer = reply.shown(LONGEST) if reply else ""
        world.traffic.changed(row)
    if attempt.status is None or attempt.status >= 300:
        outcome = "no answer" if attempt.status is None else str(attempt.status)
        leg = world.legs.get(str(message.about.get("call_control_id")))
        number = leg.number if leg else ""
        world.happened("webhook refused", number, f"{message.event_type}: {outcome}")
