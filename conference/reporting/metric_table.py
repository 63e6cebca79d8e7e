"""The table of the metrics: their names, types, labels and meanings.

No label holds a number, an id or a room's name. The values of each label are few: they are from
tables of the code.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from conference.core.handlers import HANDLERS
from conference.core.texml.handlers import CALLBACK_TYPES

OTHER = "other"  # the type of an event that the line does not handle, or did not read
FETCHES = ("texml-instructions", "texml-pin", "texml-wait")  # of documents: no event has a type
TYPES = frozenset((*HANDLERS, *CALLBACK_TYPES, *FETCHES))
"""The types of events with a label of their own: a stranger must not make labels."""

TAKEN = ("applied", "repeated", "ignored")  # outcomes of requests that got a 2xx
REFUSED = ("malformed", "not genuine", "too large", "overloaded", "unavailable", "failed")

ACK_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0)
COMMAND_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metric(NamedTuple):
    """A metric as it is shown. `buckets`: upper limits of a histogram, in seconds."""

    name: str
    type: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


TABLE = (
    Metric(
        name="conference_webhooks_total",
        type="counter",
        labels=("type", "outcome"),
        meaning="requests of Telnyx: webhooks, and the callbacks and fetches of TeXML",
    ),
    Metric(
        name="conference_ack_seconds",
        type="histogram",
        buckets=ACK_SECONDS,
        meaning="seconds from a whole genuine request of Telnyx to its answer",
    ),
    Metric(
        name="conference_command_seconds",
        type="histogram",
        buckets=COMMAND_SECONDS,
        meaning="seconds from the webhook, or other event, that led to a command until Telnyx "
        "accepted the command, with its retries",
    ),
    Metric(
        name="conference_commands_total",
        type="counter",
        labels=("command", "meaning"),
        meaning="answers to commands, and commands without one, by what the answer means",
    ),
    Metric(
        name="conference_retries_total",
        type="counter",
        labels=("command",),
        meaning="answers to commands that were sent again",
    ),
    Metric(
        name="conference_backlog",
        type="gauge",
        meaning="commands that wait to be sent, or for Telnyx's answer",
    ),
    Metric(
        name="conference_rooms",
        type="gauge",
        meaning="rooms with a call in them, also one on its way in",
    ),
    Metric(
        name="conference_participants",
        type="gauge",
        meaning="calls in rooms, also those on their way in",
    ),
    Metric(
        name="conference_healed_total",
        type="counter",
        meaning="repairs of rooms after comparisons with Telnyx's lists",
    ),
    Metric(
        name="conference_forged_signatures_total",
        type="counter",
        meaning="requests with a signature that is not Telnyx's, or too old",
    ),
    Metric(
        name="conference_wrong_tokens_total",
        type="counter",
        meaning="wrong tokens that were sent to the control API, the console or `/metrics`",
    ),
    Metric(
        name="conference_unavailable_total",
        type="counter",
        meaning="requests of anyone that got 503 because the registry could not be reached",
    ),
    Metric(
        name="conference_callbacks_waiting",
        type="gauge",
        meaning="status callbacks that wait to be sent",
    ),
    Metric(
        name="conference_callbacks_dropped_total",
        type="counter",
        meaning="status callbacks that were never sent: too many waited, or one for too long",
    ),
)
