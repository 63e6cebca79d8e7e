"""Faults of the network, by chance. The same seed gives the same faults in each run.

Each draw depends on the seed, the kind of fault, the message, and how often that message was seen
before. One common sequence of random numbers would depend on which thread comes first.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, fields

LATER = 1.0  # s: the longest time by which a duplicate, or a reordered webhook, is late
LONGEST = 60.0  # s: the longest `delay`
OF_REQUESTS = (  # only the first one that hits counts
    *("error", "limit", "hang", "drop"),
    *("transient", "drip"),
)
KINDS = {
    "error": ("error 500", "error 503"),
    "hang": ("hang before", "hang after"),
    "transient": ("transient 408", "transient 409", "transient 422"),
    "drip": ("drip 1", "drip 4"),  # simulated seconds from the first byte to the last
}


@dataclass(frozen=True)
class Chaos:
    """The probability of each fault, 0 to 1; `delay` is in simulated seconds.

    Of webhooks: lose: never delivered. duplicate: delivered twice. reorder: held back by up to 1 s,
    so that later ones overtake it. delay: each one is late by up to so much.
    Of requests, GET included: error: 500 or 503, not executed. limit: 429, not executed. hang: no
    answer; half of these requests are executed. drop: executed, but the connection breaks.
    transient: 408, 409 or 422 with a code that asks for another try, not executed. drip: executed,
    and the answer comes byte by byte in 1 s or 4 s.
    """

    duplicate: float = 0.0
    reorder: float = 0.0
    lose: float = 0.0
    delay: float = 0.0
    error: float = 0.0
    limit: float = 0.0
    hang: float = 0.0
    drop: float = 0.0
    transient: float = 0.0
    drip: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in FAULTS:
            most = LONGEST if name == "delay" else 1.0
            if not 0 <= getattr(self, name) <= most:
                unit = " seconds" if name == "delay" else ""
                raise ValueError(f"{name} must be from 0 to {most:g}{unit}")

    @classmethod
    def parse(cls, text: str, seed: int = 0) -> Chaos:
        """Read a text such as "lose=0.05,delay=2s". Raise ValueError with what is wrong."""
        values: dict[str, float] = {}
        for part in text.split(","):
            name, _, value = (each.strip() for each in part.partition("="))
            if name not in FAULTS:
                raise ValueError(f"there is no {name!r}, only {', '.join(FAULTS)}")
            if name in values:
                raise ValueError(f"{name} is there twice")
            values[name] = _number(name, value.removesuffix("s") if name == "delay" else value)
        return cls(**values, seed=seed)

    def __str__(self) -> str:
        """Return it as `parse` reads it, and the seed: "lose=0.05,delay=2s, seed 7"."""
        chosen = [(name, getattr(self, name)) for name in FAULTS if getattr(self, name)]
        faults = ",".join(f"{name}={value:g}{'s' * (name == 'delay')}" for name, value in chosen)
        return f"{faults or 'none'}, seed {self.seed}"


FAULTS = tuple(field.name for field in fields(Chaos) if field.name != "seed")


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        example = "2s" if name == "delay" else "0.1"
        raise ValueError(f"{name} needs a number, such as {name}={example}") from None


@dataclass(frozen=True)
class WebhookFate:
    """What happens to a webhook. delays: simulated seconds until each delivery.

    fault: "lost", "delivered twice", "held back", or "" if it is late at most.
    """

    delays: tuple[float, ...]
    fault: str = ""


class Draws:
    """Draws what happens to each webhook and request. Callers must hold the world's lock."""

    def __init__(self, chaos: Chaos) -> None:
        self.chaos = chaos
        self._seen: Counter[tuple[str, ...]] = Counter()

    def webhook(self, about: str, event_type: str) -> WebhookFate:
        """Draw a webhook's fate. about: the number of the phone, or the conference's name."""
        chaos, name = self.chaos, self._name("webhook", about, event_type)
        if self._hits("lose", name):
            return WebhookFate((), "lost")
        late = self._chance("delay", name).uniform(0, chaos.delay)
        faults = []
        if self._hits("reorder", name):
            late += self._chance("held back", name).uniform(0, LATER)
            faults.append("held back")
        if self._hits("duplicate", name):
            again = late + self._chance("again", name).uniform(0, LATER)
            return WebhookFate((late, again), " and ".join([*faults, "delivered twice"]))
        return WebhookFate((late,), "".join(faults))

    def request(self, method: str, action: str, about: str) -> str:
        """Draw the fault that hits a request; "" for none.

        The faults: "limit", "drop", and those in KINDS.

        about: the numbers of the phones, or the conference's name.
        """
        name = self._name("request", method, action, about)
        hit = next((fault for fault in OF_REQUESTS if self._hits(fault, name)), "")
        return self._chance("which", name).choice(KINDS.get(hit, (hit,)))

    def _name(self, *name: str) -> str:
        self._seen[name] += 1
        return repr((*name, self._seen[name]))

    def _hits(self, fault: str, name: str) -> bool:
        probability: float = getattr(self.chaos, fault)
        return probability > 0 and self._chance(fault, name).random() < probability

    def _chance(self, drawn: str, name: str) -> random.Random:
        return random.Random(f"{self.chaos.seed} {drawn} {name}")  # noqa: S311 not for secrets
