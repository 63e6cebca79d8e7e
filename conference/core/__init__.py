"""Every rule of the line, as pure functions: `(room, event) -> change`.

The core imports no Flask, SDK, registry, clock or thread. The time arrives with the event, and a
command is a value.
"""
