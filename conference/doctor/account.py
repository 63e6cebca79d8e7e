"""Checks of the account at Telnyx: its keys, clock, application and number."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from conference.core.origin import WEBHOOK
from conference.masking import mask_number
from conference.settings import Settings
from conference.signature import TOLERANCE, public_key
from conference.telnyx_api import ApiResponse

from . import web
from .finding import Finding, failure, ok, skipped, warning

NOTICEABLE = 30  # seconds of difference between clocks from which it is reported
LEAST_TIMEOUT = 2  # seconds, of webhook_timeout_secs
PAGE = 250  # rows of a list that is read, Telnyx's most
NAMED = 5  # numbers in one finding

APPLICATION = "in the Telnyx portal, Voice API applications"
KEYS = "in the Telnyx portal, Keys & Credentials"
NUMBERS = "in the Telnyx portal, My Numbers"

Record = dict[str, Any]


def key(settings: Settings, answer: ApiResponse) -> Finding:
    """Does Telnyx accept the API key? `answer` is the one to the first request."""
    base, status = settings.telnyx_base_url, answer.status
    if status == 0:
        proxy = web.by_proxy(base)
        todo = "Check TELNYX_BASE_URL and this machine's network"
        what = f"no answer from {web.shown(base)}: {web.cause(answer.error, base)}"
        return failure("API key", what, f"{todo}, and {proxy}." if proxy else f"{todo}.")
    if status == 401:
        todo = f"Set TELNYX_API_KEY to one that is active {KEYS}, API Keys."
        return failure("API key", f"Telnyx refuses it ({status})", todo)
    if status == 403:
        what = f"Telnyx does not allow it to read the account's numbers (403): {answer.detail}"
        todo = f"See what TELNYX_API_KEY and the account may do, {KEYS}."
        return failure("API key", what.removesuffix(": "), todo)
    if status == 429:
        return warning("API key", "Telnyx got too many requests (429)", "Try again in a minute.")
    if answer.is_transient:
        todo = "See https://status.telnyx.com, and try again."
        return failure("API key", f"Telnyx has a problem ({status})", todo)
    if not isinstance(answer.data, list):
        todo = "Set TELNYX_BASE_URL to https://api.telnyx.com/v2, or remove it."
        what = f"{web.shown(base)} does not answer as Telnyx does ({status})"
        return failure("API key", what, todo)
    return ok("API key", f"accepted at {web.shown(base)}")


def signing_key(settings: Settings, answer: ApiResponse) -> Finding:
    """Is TELNYX_PUBLIC_KEY the key that Telnyx signs with?"""
    if settings.telnyx_public_key is None:
        return skipped("public key", "First set TELNYX_PUBLIC_KEY.")
    text = answer.data.get("public") if isinstance(answer.data, dict) else None
    try:
        theirs = public_key(text.strip() if isinstance(text, str) else "")
    except ValueError:
        what = f"it could not be compared: Telnyx does not show its own ({answer.status})"
        todo = f"Compare TELNYX_PUBLIC_KEY yourself with the Public Key {KEYS}."
        return warning("public key", what, todo)
    if theirs != settings.telnyx_public_key:
        what = "it is another account's key: every webhook is refused"
        todo = f"Copy TELNYX_PUBLIC_KEY again from the Public Key {KEYS}."
        return failure("public key", what, todo)
    return ok("public key", "Telnyx signs with it")


def clock(answer: ApiResponse, now: float) -> Finding:
    """Compare our clock with the Date of an answer that came at `now`, in Unix seconds."""
    try:
        ahead = now - parsedate_to_datetime(answer.date).timestamp()
    except (ValueError, OverflowError):
        todo = "Check that this machine's clock is set by NTP."
        return warning("clock", "it could not be compared: Telnyx's answer has no date", todo)
    off = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} Telnyx's"
    todo = "Set this machine's clock by NTP."
    if abs(ahead) > TOLERANCE:
        return failure("clock", f"it is {off}: every webhook is refused as out of date", todo)
    if abs(ahead) > NOTICEABLE:
        return warning("clock", f"it is {off}; beyond {TOLERANCE} s nothing works", todo)
    return ok("clock", "it agrees with Telnyx's")


def application(settings: Settings, answer: ApiResponse) -> Iterator[Finding]:
    """Does the application deliver to us? Yield a finding for each fault of it."""
    if answer.status in (400, 404, 422):
        todo = f"Set TELNYX_CONNECTION_ID to the application's ID {APPLICATION}."
        yield failure("application", f"Telnyx has none with this ID ({answer.status})", todo)
    elif not isinstance(answer.data, dict):
        yield unreadable("application", answer)
    else:
        wrong = [*_wrong(answer.data), *_address(settings, webhook_url(answer.data))]
        good = f"it is active and delivers to {web.shown(webhook_url(answer.data))} as API v2"
        yield from wrong or [ok("application", good)]


def no_application() -> Finding:
    what = "it is not known: calls are not found again after a restart"
    todo = f"Set TELNYX_CONNECTION_ID to the application's ID {APPLICATION}."
    return warning("application", what, todo)


def webhook_url(record: Any) -> str:
    """Return the address that the application delivers to; empty if it has none."""
    url = record.get("webhook_event_url") if isinstance(record, dict) else None
    return url.strip() if isinstance(url, str) else ""


def _wrong(record: Record) -> Iterator[Finding]:
    switch = f"Switch it on {APPLICATION}."
    if record.get("active") is False:
        yield failure("application", "it is not active: Telnyx takes no calls for it", switch)
    elif record.get("active") is not True:
        yield warning("application", "Telnyx does not say whether it is active", switch)
    version = record.get("webhook_api_version")
    if str(version) != "2":
        todo = f"Set its webhook API version to API v2 {APPLICATION}."
        yield failure("application", f"its webhooks are API v{version}, not API v2", todo)
    seconds = record.get("webhook_timeout_secs")
    if isinstance(seconds, int) and seconds < LEAST_TIMEOUT:
        what = f"Telnyx waits {seconds} s for the answer to a webhook, and then sends it again"
        todo = f"Leave its webhook timeout empty, or set {LEAST_TIMEOUT} or more, {APPLICATION}."
        yield warning("application", what, todo)


def _address(settings: Settings, url: str) -> Iterator[Finding]:
    set_it = f"Set its webhook URL to https://<your public address>{WEBHOOK} {APPLICATION}."
    scheme = web.parts(url).scheme
    if scheme not in ("http", "https"):
        yield failure("application", "it has no webhook URL", set_it)
        return
    if scheme == "http" and not web.inside(settings.telnyx_base_url):
        yield warning("application", "its webhook URL is http: anyone can listen in", set_it)
    if not web.parts(url).path.endswith(WEBHOOK):
        what = f"its webhook URL {web.shown(url)} does not end in {WEBHOOK}"
        yield failure("application", what, set_it)
        return
    ours = settings.room.public_url
    if ours and not web.same(url, ours + WEBHOOK):
        what = f"it delivers to {web.shown(url)}, which is not at PUBLIC_URL"
        todo = f"Correct or remove PUBLIC_URL, or correct the webhook URL {APPLICATION}."
        yield warning("application", what, todo)


def number(settings: Settings, rows: ApiResponse, texml: Collection[str]) -> Finding:
    """Does the account have TELNYX_NUMBER, and does that lead to the application?

    `texml` are ids of TeXML applications that are as good.
    """
    who, id = mask_number(settings.telnyx_number), settings.telnyx_connection_id
    if not isinstance(rows.data, list):
        return unreadable("number", rows)
    row = _row(rows, settings.telnyx_number)
    if row is None:
        todo = f"Set TELNYX_NUMBER to one that is listed {NUMBERS}."
        return failure("number", f"the account has no number {who}", todo)
    at = _connection(row)
    if not at or (id and at != id and at not in texml):
        other = "an application that is not TELNYX_CONNECTION_ID" if at else "no application"
        todo = f"Assign {who} to the application {NUMBERS}."
        return failure("number", f"{who} is assigned to {other}", todo)
    if row.get("status", "active") != "active":
        what = f"{who} is not active but {row['status']}"
        return warning("number", what, f"See what it waits for {NUMBERS}.")
    which = "a TeXML" if at in texml else "the" if id else "an"
    return ok("number", f"{who} is assigned to {which} application")


def number_at(settings: Settings, rows: ApiResponse) -> str:
    """Return the id of the application of TELNYX_NUMBER; empty if it is not known."""
    row = _row(rows, settings.telnyx_number) if isinstance(rows.data, list) else None
    return _connection(row) if row else ""


def _connection(row: Record) -> str:
    return str(row.get("connection_id") or "")


def any_number(rows: ApiResponse) -> Finding:
    """Is any number assigned to the application? For a line without TELNYX_NUMBER."""
    if not isinstance(rows.data, list):
        return unreadable("number", rows)
    numbers = [row.get("phone_number") for row in rows.data if isinstance(row, dict)]
    if not numbers:
        todo = f"Assign one to it {NUMBERS}."
        return warning("number", "no number is assigned to the application", todo)
    named = ", ".join(mask_number(str(each)) for each in numbers[:NAMED])
    return ok("number", f"assigned to the application: {named}")


def numbers_of_rooms(settings: Settings, lists: Collection[ApiResponse]) -> Finding:
    """Do the numbers of the rooms file lead here? `lists`: the numbers of our applications."""
    for each in lists:
        if not isinstance(each.data, list):
            return unreadable("rooms", each)
    if not lists or any(len(each.data) >= PAGE for each in lists):
        return skipped("rooms", f"Check that their numbers are assigned to them {NUMBERS}.")
    rows = [row for each in lists for row in each.data if isinstance(row, dict)]
    assigned = {str(row.get("phone_number")).lstrip("+") for row in rows}
    missing = [n for n in sorted(settings.numbers) if n.lstrip("+") not in assigned]
    if not missing:
        return ok("rooms", f"{len(settings.numbers)} of their numbers are assigned to us")
    named = ", ".join(f"{mask_number(n)} of {settings.numbers[n]}" for n in missing[:NAMED])
    todo = f"Assign each to the application {NUMBERS}, or correct the rooms file."
    return warning("rooms", f"numbers that lead to no application of ours: {named}", todo)


def _row(rows: ApiResponse, number: str) -> Record | None:
    return next(
        (r for r in rows.data if isinstance(r, dict) and r.get("phone_number") == number), None
    )


def unreadable(check: str, answer: ApiResponse) -> Finding:
    what = f"it could not be checked: Telnyx answered {answer.status or 'nothing'}"
    return warning(check, what, "Try again in a minute.")
