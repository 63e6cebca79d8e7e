"""The rooms: each is read and changed here, under its lock."""

from conference.registry.memory import MemoryRegistry

__all__ = ["MemoryRegistry"]
