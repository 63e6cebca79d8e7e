"""A rooms file with two rooms: sales, by PIN, waits for its host; support has a number."""

from __future__ import annotations

PARTICIPANT, MODERATOR, LISTENER = "4821#", "907713", "55501#"
"""What callers of the room sales press."""
SUPPORT = "+13125550101"
"""The number that leads straight to the room support."""

FILE = f"""
[defaults]
greeting_first = "You are the first."
greeting_next = "Others are here."

[rooms.sales]
name = "Sales"
participant_pin = "{PARTICIPANT[:-1]}"
moderator_pin = "{MODERATOR}"
listener_pin = "{LISTENER[:-1]}"
start_conference_on_enter = {{ participant = false }}
end_conference_on_exit = {{ moderator = true }}
host_grace_seconds = 0
max_participants = 3

[rooms.support]
numbers = ["{SUPPORT}"]

[rooms.support.roster]
"+13125550112" = {{ name = "Bob", role = "moderator" }}

[rooms.support.keys]
"#1" = "mute"
"*6" = ""
"""
