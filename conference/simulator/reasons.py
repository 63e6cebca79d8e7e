"""What the application reports of its own decisions, so that the traffic shows their causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .network.world import World


@dataclass(frozen=True)
class Reasons:
    """Why the application sends its requests: each method is called before the request."""

    _world: World

    def decided(self, key: str, words: str, about: Sequence[str] = ()) -> None:
        """Note a decision of the application that no message of Telnyx led to: a row of its own.

        key: names it for `led`. about: the calls and the phone numbers concerned.
        """
        world = self._world
        with world.lock:
            row = world.traffic.note(world.clock.now(), "line", words)
            legs = {call: leg.number for call, leg in world.legs.items() if call in about}
            row.calls = tuple(legs)
            row.numbers = (*legs.values(), *(each for each in about if each.startswith("+")))
            world.traffic.identify(row, (key,))

    def led(self, because: Sequence[str], keys: Sequence[str]) -> None:
        """Note why the application sends a request.

        because: ids of webhooks, keys of requests and decisions. keys: as in api/received.py.
        """
        with self._world.lock:
            traffic = self._world.traffic
            traffic.led([row for row in map(traffic.named, because) if row], keys)

    def repeated(self, keys: Sequence[str]) -> None:
        """Note that the application sends a request again. keys: of the request."""
        with self._world.lock:
            self._world.traffic.repeated(keys)
