"""Makes the steps for the keys in `.env`, and for the file itself."""

from __future__ import annotations

from collections.abc import Iterator

from conference.setup.chosen import Chosen
from conference.setup.public_key import FORM, WHERE
from conference.setup.repairs import Repair
from conference.setup.step import Step
from conference.setup.wishes import Question


def env_file(chosen: Chosen) -> Iterator[Step]:
    if chosen.found.exposed:
        what = "Close .env to other users of this machine (mode 600)"
        yield Step(Repair.ENV_FILE, what, protects=True)


def api_key(chosen: Chosen) -> Iterator[Step]:
    found = chosen.found
    if found.file.get("TELNYX_API_KEY") != found.api_key:
        what = "Put the API key into .env"
        yield Step(Repair.API_KEY, what, env={"TELNYX_API_KEY": found.api_key})


def public_key(chosen: Chosen) -> Iterator[Step]:
    """Question: Telnyx does not show its key, there is none, and the user must paste it."""
    found, wishes = chosen.found, chosen.wishes
    key = found.public_key or wishes.public_key
    if not key and wishes.attended and not found.setting("TELNYX_PUBLIC_KEY"):
        text = f"Telnyx does not show its public key here. {WHERE} {FORM}"
        raise Question("public_key", "--public-key", text)
    if key and found.file.get("TELNYX_PUBLIC_KEY") != key:
        what = "Put Telnyx's public key, which verifies webhooks, into .env"
        yield Step(Repair.PUBLIC_KEY, what, env={"TELNYX_PUBLIC_KEY": key})


def control_token(chosen: Chosen) -> Iterator[Step]:
    found = chosen.found
    if not found.setting("CONTROL_TOKEN"):
        old = "CONTROL_TOKEN" in found.malformed
        instead = " in the place of the malformed one" if old else ""
        what = f"Put a fresh CONTROL_TOKEN, for moderators, into .env{instead}"
        yield Step(Repair.CONTROL_TOKEN, what, env={"CONTROL_TOKEN": found.fresh_token})


def left(chosen: Chosen) -> Iterator[str]:
    """Yield what only the user can do about the public key."""
    found, wishes = chosen.found, chosen.wishes
    if not (found.public_key or wishes.public_key or found.setting("TELNYX_PUBLIC_KEY")):
        yield f"Telnyx does not show its public key here. {WHERE} Give it with --public-key."
