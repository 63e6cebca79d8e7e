"""Makes the steps: `plan` is a pure function of what was found and what is wished."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from conference.setup import applications, choosing, keys, numbers, outbound
from conference.setup.chosen import Chosen
from conference.setup.found import Found
from conference.setup.repairs import Repair
from conference.setup.step import Made, Plan, Step
from conference.setup.wishes import YES_OR_NO, Question, Wishes
from conference.telnyx_records.numbers import of


def plan(found: Found, wishes: Wishes) -> Plan:
    """Return all steps. Question: the user must decide something first. Impossible."""
    application = choosing.choose(found, wishes)
    id = str(application.get("id")) if application else ""
    number = numbers.choose(found, wishes, id)
    url = choosing.choose_url(application, found, wishes)
    chosen = Chosen(found, wishes, application, number, url)
    steps = tuple(step for repair in MAKERS for step in MAKERS[repair](chosen))
    if steps and number and wishes.attended and wishes.dial_out is None:
        _ask_about_calls(found)
    ids = {"application": id, "number": str(number.get("id")) if number else ""}
    left = tuple(sentence for make in LEFT for sentence in make(chosen))
    return Plan(
        steps,
        {name: value for name, value in ids.items() if value},
        (*left, *_overruled(steps, found)),
        of(number) if number else "",
        url,
    )


def _ask_about_calls(found: Found) -> None:
    if not found.setting("DIAL_ALLOW"):
        text = f"Shall moderators be able to call people? Calls cost money. {outbound.TWO}"
        raise Question("dial_out", "--dial-out or --no-dial-out", text, YES_OR_NO, "no")


def _overruled(steps: tuple[Step, ...], found: Found) -> Iterator[str]:
    """Yield the settings that are right in `.env` after the steps, but not in the environment.

    One that no step changes may differ on purpose, unless it is in FOUND_OUT.
    """
    right: dict[str, str | Made] = {
        name: found.file[name] for name in FOUND_OUT if name in found.file
    }
    for step in steps:
        right |= step.env
    for name, value in right.items():
        if found.environ.get(name, value) != value:
            yield f"The environment has another {name}, which wins over .env: remove it there."


MAKERS: Mapping[Repair, Callable[[Chosen], Iterator[Step]]] = {
    Repair.ENV_FILE: keys.env_file,
    Repair.API_KEY: keys.api_key,
    Repair.PUBLIC_KEY: keys.public_key,
    Repair.CONTROL_TOKEN: keys.control_token,
    Repair.APPLICATION: applications.steps,
    Repair.NUMBER: numbers.steps,
    Repair.OUTBOUND: outbound.steps,
}
"""The maker of the steps of each repair, in the order of the steps."""

FOUND_OUT = (
    *("TELNYX_API_KEY", "TELNYX_PUBLIC_KEY"),
    *("TELNYX_CONNECTION_ID", "TELNYX_NUMBER"),
)
"""Settings with one right value, which the steps put into `.env` unless it is there."""

LEFT = (keys.left, applications.left, numbers.left, outbound.left)
"""Makers of sentences about what only the user can do."""
