"""The entry stage `pin`: a caller of a shared number enters a PIN, which leads to a room in a role.

Callers in the reception are in no meeting: no greeting, no conference, no lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest
from typing import Literal

from conference.core.admission import pin_defence
from conference.core.commands import Gather, PassThrough
from conference.core.events import Webhook
from conference.core.human_text import speech_seconds
from conference.core.leaving import dismiss
from conference.core.participant import Participant, PinTry
from conference.core.replacing import replace
from conference.core.room import Deadline, Room
from conference.core.room_settings import Pin
from conference.core.transitions import change, hand_over, send, set_deadline
from conference.core.words import Sentence, say

KEYS = "0123456789"  # and # ends the PIN, as with each gather
MOST_TRIES = 3

# Spoken to callers.
ENTER = Sentence("Please enter the PIN of your conference, then the hash key.")
PROMPTS: Mapping[PinTry, Sentence] = {
    "unknown": Sentence("This PIN is not known. Please try again."),
    "silent": Sentence(f"No PIN was entered. {ENTER}"),
}
"""The next prompt, by how the try before has failed."""
GOODBYES: Mapping[PinTry, Sentence] = {
    "unknown": Sentence("This PIN is not known. Goodbye."),
    "silent": Sentence("No PIN was entered. Goodbye."),
}
WAIT = Sentence("Please wait a moment.")
LATER = Sentence("Too many wrong PINs were entered. Please call again later. Goodbye.")

Next = Literal["again", "gone"]
"""The result of a try: the next one follows; or nothing that the stage must do."""


def is_reception(room: Room) -> bool:
    """Whether callers enter PINs in this room."""
    return "pin" in room.settings.stages


def is_private(room: Room, event: Webhook) -> bool:
    """Whether the keys that a caller pressed may belong to a PIN, also in a room entered since."""
    state = event.client_state
    return is_reception(room) or (state is not None and "pin" in state.stages)


def ask(room: Room, participant: Participant, at: float) -> tuple[Room, Gather]:
    """Ask for a PIN. The longest PIN needs no # at its end.

    Telnyx may know the prompts before a restart, and ignores one of the same number: so the first
    one after it leaves a prompt under way alone, and later ones have numbers of their own.
    """
    failed, settings = participant.pin_tries, room.settings
    n = len(failed) + 1 + (MOST_TRIES if failed and participant.recovered else 0)
    command = Gather(
        participant.call,
        text=say(room, PROMPTS[failed[-1]] if failed else ENTER),
        valid=KEYS,
        voice=settings.voice,
        language=settings.language,
        most=longest_pin(room),
        tries=1,
        n=n,
    )
    return room, command


def entered(room: Room, event: Webhook) -> tuple[Room, Next]:
    """Compare the PIN, now or when its turn comes."""
    call, at = event.call, event.at
    participant = room.participants[call]
    if participant.pin:
        return room, "gone"  # an earlier gather, reported late
    digits = without_end(str(event.details.get("digits", "")))
    if not digits:
        return _failed(room, call, "silent", at)
    defence, when = pin_defence.turn(room.pin_defence, participant.number, at)
    room = replace(room, pin_defence=defence)
    if when is None:
        return dismiss(room, call, say(room, LATER), at), "gone"
    room = change(room, call, pin=digits)
    if when <= at:
        return _compare(room, call, at)
    spoken = at + speech_seconds(WAIT)  # its end, later, would count as that of the greeting
    room = set_deadline(room, Deadline("call", call), max(when, spoken))
    return _say_wait(room, participant, at), "gone"


def overdue(room: Room, call: str, at: float) -> tuple[Room, Next]:
    """Compare the PIN whose turn has come. Without one, the result of the gather is lost."""
    if room.participants[call].pin:
        return _compare(room, call, at)
    return _failed(room, call, "silent", at)


def without_end(digits: str) -> str:
    """Return the digits of a PIN. Telnyx does not describe whether it reports the hash key, too."""
    return digits.removesuffix("#")


def leads_to(pins: tuple[Pin, ...], digits: str) -> Pin | None:
    """Return the PIN of these digits. The time it takes does not depend on the digits."""
    found = None
    for pin in pins:  # each one, also after a match
        if compare_digest(pin.digits.encode(), digits.encode()):
            found = pin
    return found


def compare(room: Room, number: str, digits: str, at: float) -> tuple[Room, Pin | None]:
    """Return the PIN of these digits, and note for the number whether there is one."""
    pin = leads_to(room.settings.pins, digits)
    note = pin_defence.note_right if pin else pin_defence.note_wrong
    return replace(room, pin_defence=note(room.pin_defence, number, at)), pin


def longest_pin(room: Room) -> int:
    """Return the number of digits of the room's longest PIN."""
    return max((len(pin.digits) for pin in room.settings.pins), default=1)


def _compare(room: Room, call: str, at: float) -> tuple[Room, Next]:
    participant = room.participants[call]
    room, pin = compare(room, participant.number, participant.pin, at)
    if pin is None:
        return _failed(change(room, call, pin=""), call, "unknown", at)
    return hand_over(room, call, pin.room, at, role=pin.role, pin="", pin_tries=()), "gone"


def _failed(room: Room, call: str, why: PinTry, at: float) -> tuple[Room, Next]:
    tries = (*room.participants[call].pin_tries, why)
    room = change(room, call, pin_tries=tries)
    if len(tries) < MOST_TRIES:
        return room, "again"
    return dismiss(room, call, say(room, GOODBYES[why]), at), "gone"


def _say_wait(room: Room, participant: Participant, at: float) -> Room:
    """Speak, while the entry waits for its turn and not for the end of the speech."""
    settings = room.settings
    words = say(room, WAIT)
    body = {"payload": words, "voice": settings.voice, "language": settings.language}
    n = len(participant.pin_tries) + 1
    return send(room, PassThrough("call", participant.call, "speak", body, f"wait {n}"), at)
