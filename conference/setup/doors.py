"""The right application for each way by which callers come in, as rows of the table at the foot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from conference.core.origin import UNSET, WEBHOOK, line_address, parts
from conference.setup.found import Found
from conference.setup.wishes import Wishes
from conference.telnyx_records import applications
from conference.telnyx_records.applications import LEAST_TIMEOUT, Kind, Record
from conference.telnyx_records.numbers import connection
from conference.telnyx_records.voice_url import voice_url

TIMEOUT = 5  # seconds; Telnyx's default, 2, has a busy minute's webhooks sent twice


@dataclass(frozen=True, slots=True)
class Door:
    """A way by which callers come in.

    kind: of application. id_setting: the setting that has its id; empty for none. needs_url:
    without a public address no call works. secret: the right TEXML_SECRET. fields: the right values
    of an application, from the record, the public address, what was found and is wished.
    """

    kind: Kind
    records: Callable[[Found], tuple[Record, ...]]
    id_setting: str
    needs_url: bool
    secret: Callable[[Record, Found], str]
    fields: Callable[[Record, str, Found, Wishes], Mapping[str, Any]]

    def origin(self, record: Record) -> str:
        """Return the public address of the line that it reports to; empty if that is unknown.

        An address of a line has a path of ours, of either kind; one without a path lacks it.
        """
        address = self.kind.address(record)
        if line := line_address(address):
            return "" if line.origin == UNSET else line.origin
        split = parts(address)
        has_no_path = split.scheme in ("http", "https") and split.path in ("", "/")
        return f"{split.scheme}://{split.netloc}" if split.netloc and has_no_path else ""

    def is_unset(self, record: Record) -> bool:
        """Return whether the application reports calls to nobody yet."""
        address = self.kind.address(record)
        return not address or address.startswith(f"{UNSET}/")


def for_(found: Found, wishes: Wishes) -> Door:
    """Return the door that is wished, or else the one that the settings lead to.

    That is TeXML if TELNYX_NUMBER is there, and TELNYX_CONNECTION_ID names no application.
    """
    own = found.own_number
    at = connection(own) if own and not is_known(CALL_CONTROL, found) else ""
    by_texml = at and at in {str(each.get("id")) for each in found.texml_applications}
    return TEXML if wishes.texml or by_texml else CALL_CONTROL


def is_known(door: Door, found: Found) -> bool:
    """Return whether the setting for its id names an application."""
    id = found.setting(door.id_setting)
    return bool(id) and id in {str(each.get("id")) for each in door.records(found)}


def _call_control(record: Record, url: str, _: Found, wishes: Wishes) -> dict[str, Any]:
    fields: dict[str, Any] = {"webhook_event_url": url + WEBHOOK} if url else {}
    if wishes.failover_url:
        fields["webhook_event_failover_url"] = wishes.failover_url + WEBHOOK
    fields |= {"webhook_api_version": "2", "active": True}
    seconds = record.get("webhook_timeout_secs", 0)  # null is Telnyx's default, and good
    if isinstance(seconds, int) and seconds < LEAST_TIMEOUT:
        fields["webhook_timeout_secs"] = TIMEOUT
    return fields


def _texml(record: Record, url: str, found: Found, wishes: Wishes) -> dict[str, Any]:
    old, secret = TEXML.kind.address(record), _secret(record, found)
    at = partial(voice_url, old=old, secret=secret, rooms=found.rooms)
    fields = {"voice_url": at(url), "voice_method": "post", "active": True}
    if wishes.failover_url:
        fields["voice_fallback_url"] = at(wishes.failover_url)
    return fields


def _secret(record: Record, found: Found) -> str:
    """Return the one that is set, or a fresh one for a new application.

    Telnyx may not sign the requests for instructions. Where it does, a secret does no harm.
    """
    is_new = not record or "TEXML_SECRET" in found.malformed
    return found.setting("TEXML_SECRET") or (found.fresh_secret if is_new else "")


CALL_CONTROL = Door(
    kind=applications.CALL_CONTROL,
    records=lambda found: tuple(found.applications),
    id_setting="TELNYX_CONNECTION_ID",
    needs_url=False,
    secret=lambda record, found: "",
    fields=_call_control,
)
TEXML = Door(
    kind=applications.TEXML,
    records=lambda found: tuple(found.texml_applications),
    id_setting="",
    needs_url=True,
    secret=_secret,
    fields=_texml,
)
