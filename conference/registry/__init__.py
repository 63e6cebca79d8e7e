"""The rooms: each is read and changed here, under its lock."""

from conference.registry.contract import Commit, Home, Registry
from conference.registry.memory import MemoryRegistry

__all__ = ["Commit", "Home", "MemoryRegistry", "Registry"]
