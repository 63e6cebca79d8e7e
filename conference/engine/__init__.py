"""The one way in: applies events to rooms, and sends the commands that follow."""

from conference.engine.dispatch import Api, Overloaded
from conference.engine.engine import Engine
from conference.engine.request_tracking import Key, Receipt

__all__ = ["Api", "Engine", "Key", "Overloaded", "Receipt"]
