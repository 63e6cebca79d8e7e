"""What `flask simulate` prints around the story."""

from __future__ import annotations

LINKS = {
    "phones": """\
Be the callers yourself, in a browser: dial, speak, press keys, and see what Telnyx and the line
send each other.
{url}""",
    "console": """\
Be their moderator, in another window.
{url}""",
    "music": "The music is at {url}",
}
"""A line for each address that a browser can open, by name. The command opens none by itself."""

MODERATE = """\
{callers}
Or moderate from a terminal, in any folder:

  export CONTROL_TOKEN={token} CONFERENCE_URL={url}
  export CONFERENCE_NAME={room} ROOMS_FILE= FLASK_APP={app}
  {program} participants
  {program} mute {who}
  {program} dial {guest}

docs/moderate.md shows more commands. Their effect is shown here, until Ctrl-C.
"""

CALLERS = """\
{names} have dialled in again, and stay; Zoe (0142) may be called. For them {speed:g} seconds pass \
in one of yours."""

NEXT = """\
Next, with a real number: buy one in the Telnyx portal, and create an API key. Go to the folder
{folder}
There this prepares the Telnyx account and .env:
  {setup}
And this serves, and leads Telnyx to your machine by ngrok or cloudflared:
  {tunnel}
README.md, and docs/texml.md for TeXML, have it step by step."""

CALM = """\
Proved, from what the callers heard: every caller was greeted, none was left in silence,
and every caller was on hold with music exactly while alone."""

BY_TEXML = """\
Proved, from what the callers heard: none was left in silence, and every caller had music exactly
while alone."""

STORMY = """\
Proved, from what the callers heard: in spite of all faults, every caller ended up with music while
alone and heard the others otherwise, and nobody was in silence for more than 10 s."""

ROOMS = """\
Proved, from what the callers heard: the shared number asked for a PIN, the own number of a room did
not; music played until the host had arrived; keys muted and unmuted; raised hands were called in
order; the conference ended after its host had left; and nobody was left in silence."""

SCENE = """\
{shared} asks for a PIN. {participant} leads into the room {room} as a participant, {moderator} as
its host: that is Hana. {own} leads straight into another room.
Keys of everyone: *6 mutes, *9 raises a hand. Keys of the host: *7 changes from conversation to
question time, to lecture, and back; *2 lets the next hand speak.
"""

PINS = """\
At a telephone of the page, dial, and enter {participant} to be a participant or {moderator} to be a
moderator. Once inside, press *1 to hear the other keys. The rooms are those of
{file}"""
