"""The one way in: events are applied to rooms, and the commands that follow are sent."""

from conference.engine.dispatch import Api
from conference.engine.engine import Engine, Overloaded

__all__ = ["Api", "Engine", "Overloaded"]
