"""The rooms: each is read and changed here, under its lock."""

from conference.registry.contract import Commit, Home, Registry
from conference.registry.memory import MemoryRegistry
from conference.registry.unavailable import Unavailable

__all__ = ["Commit", "Home", "MemoryRegistry", "Registry", "Unavailable"]
