"""Chooses the number to dial, and makes the step that puts it on the application."""

from __future__ import annotations

from collections.abc import Iterator

from conference.core.schema.phone_numbers import e164
from conference.core.schema.typed_numbers import AMERICA, country_code
from conference.setup.chosen import Chosen
from conference.setup.doors import TEXML
from conference.setup.found import Found
from conference.setup.repairs import Repair
from conference.setup.step import Made, Request, Step
from conference.setup.wishes import Choice, Impossible, Question, Wishes
from conference.telnyx_records.applications import Record
from conference.telnyx_records.numbers import connection, of

BUY = "https://portal.telnyx.com/#/numbers/buy-numbers"
NONE = f"The account has no number yet. Buy one at {BUY}, then run `flask setup` again."


def choose(found: Found, wishes: Wishes, application: str) -> Record | None:
    """Return the number to use; None if the account has none. Question, Impossible.

    application: the id of the application; empty for a new one. A number that serves another
    application is never chosen unasked.
    """
    if wishes.number:
        named = found.number(wishes.number)
        if named is None:
            raise Impossible(f"The account has no number {wishes.number}. It has: {_all(found)}.")
        return named
    here = [row for row in found.numbers if application and connection(row) == application]
    free = [row for row in found.numbers if not connection(row)]
    own = found.own_number
    if own and (own in here or own in free):
        return own
    likely = here or free
    if len(likely) == 1 and own is None:
        return likely[0]
    if not found.numbers:
        return None
    raise _question(found, here, free)


def steps(chosen: Chosen) -> Iterator[Step]:
    """Yield the step that puts the number on the application, and into `.env`."""
    number, record = chosen.number, chosen.application
    if number is None:
        return
    id = str(record.get("id")) if record else Made("application")
    env = {"TELNYX_NUMBER": of(number)} if _changes(chosen, number) else {}
    if connection(number) != id:
        moved = f", and take it off {where(number)}" if connection(number) else ""
        what = f"Put {grouped(of(number))} on the {chosen.door.kind.title}{moved}"
        request = Request("PATCH", "/phone_numbers/{number}", {"connection_id": id})
        yield Step(Repair.NUMBER, what, request, env)
    elif env:
        yield Step(Repair.NUMBER, f"Set TELNYX_NUMBER to {grouped(of(number))} in .env", env=env)


def left(chosen: Chosen) -> Iterator[str]:
    """Yield what only the user can do about the number."""
    if chosen.number is None:
        yield NONE
    elif (status := chosen.number.get("status", "active")) != "active":
        yield f"The number is {status}, not active: see it in the Telnyx portal, My Numbers."


def _changes(chosen: Chosen, number: Record) -> bool:
    """Return whether TELNYX_NUMBER must change.

    Beside a Call Control number, one on a TeXML application leaves it as it is: it calls out.
    """
    own = chosen.found.own_number
    beside = chosen.door is TEXML and own is not None and bool(connection(own)) and own != number
    return not beside and e164(chosen.found.file.get("TELNYX_NUMBER", "")) != of(number)


def where(number: Record) -> str:
    """Return the name of the application that a number serves."""
    name = str(number.get("connection_name") or "")
    return f"the application {name}" if name else f"the application {connection(number)}"


def _question(found: Found, here: list[Record], free: list[Record]) -> Question:
    others = [row for row in found.numbers if row not in here and row not in free]
    labels = (
        *((row, "on this application") for row in here),
        *((row, "free") for row in free),
        *((row, f"serves {where(row)}, which would lose it") for row in others),
    )
    choices = [Choice(of(row), f"{grouped(of(row))}  {label}") for row, label in labels]
    default = choices[0].value if here or free else ""
    return Question("number", "--number", "Which number do callers dial?", choices, default)


def _all(found: Found) -> str:
    return ", ".join(of(row) for row in found.numbers) or "none"


def grouped(number: str) -> str:
    """Return a number as people read it: +1 312 555 0100, +351 211 234 567."""
    code = country_code(number)
    rest = number.removeprefix(f"+{code}")
    size = [3, 3, 4] if code == AMERICA else _sizes(len(rest))
    groups = []
    for each in size:
        groups.append(rest[:each])
        rest = rest[each:]
    return " ".join([f"+{code}", *groups])


def _sizes(length: int) -> list[int]:
    """Return the sizes of the groups: three digits, and two in the last or in the last two."""
    threes, left = divmod(length, 3)
    if left == 1:
        return [3] * (threes - 1) + [2, 2]
    return [3] * threes + ([2] if left else [])
