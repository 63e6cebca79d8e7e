"""What the line does, as pure functions: `(room, event) -> (room, commands)`.

Nothing below here knows of Flask, Telnyx's API, a registry, a clock or a thread: the time arrives
with the event, and a command is only a value.
"""
