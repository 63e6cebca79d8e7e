"""The two kinds of application by which callers come in, as rows of the table at the foot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from conference.core.origin import TEXML as TEXML_PATH
from conference.core.origin import WEBHOOK
from conference.masking import hide_secrets, hide_texml_path
from conference.setup.found import Found, Record, connection
from conference.setup.wishes import Wishes

UNSET = "https://address-not-set.invalid"
"""Stands for the public address while it is not known: Telnyx makes no application without one, and
nobody can own a name that ends in .invalid (RFC 2606)."""
TIMEOUT = 5  # seconds; Telnyx's default, 2, has a busy minute's webhooks sent twice
LEAST_TIMEOUT = 2
OUR_PATH = re.compile(rf"(.*?)(?:{WEBHOOK}|{TEXML_PATH}(?:/(.*))?)")
SECRET_FROM = 20  # characters: the first part after /texml is an old secret, not a room


@dataclass(frozen=True, slots=True)
class Door:
    """A kind of application.

    path: of its operations. name, url: the fields of its name, and of the address to which calls
    are reported. id_setting: the setting that has its id; empty for none. needs_url: without a
    public address no call works. secret: the right TEXML_SECRET. fields: the right values of an
    application, from the record, the public address, what was found and is wished.
    """

    title: str
    path: str
    name: str
    url: str
    records: Callable[[Found], tuple[Record, ...]]
    id_setting: str
    needs_url: bool
    secret: Callable[[Record, Found], str]
    fields: Callable[[Record, str, Found, Wishes], Mapping[str, Any]]

    def name_of(self, record: Record) -> str:
        return str(record.get(self.name) or "")

    def address(self, record: Record) -> str:
        """Return the address to which an application reports calls; empty without one."""
        text = record.get(self.url)
        return text.strip() if isinstance(text, str) else ""

    def origin(self, record: Record) -> str:
        """Return the public address of the line that it reports to; empty if that is unknown.

        An address of a line has a path of ours, of either kind; one without a path lacks it.
        """
        split = _split(self.address(record))
        ours = OUR_PATH.fullmatch(split.path.rstrip("/"))
        if not split.netloc or not (ours or split.path in ("", "/")):
            return ""
        origin = f"{split.scheme}://{split.netloc}{ours[1] if ours else ''}"
        return "" if origin == UNSET else origin

    def is_unset(self, record: Record) -> bool:
        """Return whether the application reports calls to nobody yet."""
        address = self.address(record)
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


def shown(address: str) -> str:
    """Return an address without its secrets."""
    return hide_texml_path(hide_secrets(address))


def _split(address: str) -> Any:
    try:
        split = urlsplit(address)
        _ = split.port
    except ValueError:
        return urlsplit("")
    return split if split.scheme in ("http", "https") else urlsplit("")


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
    parts = (TEXML_PATH[1:], _secret(record, found), _room(record, found.setting("TEXML_SECRET")))
    path = "".join(f"/{part}" for part in parts if part)
    fields = {"voice_url": url + path, "voice_method": "post", "active": True}
    if wishes.failover_url:
        fields["voice_fallback_url"] = wishes.failover_url + path
    return fields


def _secret(record: Record, found: Found) -> str:
    """Return the one that is set, or a fresh one for a new application.

    Telnyx may not sign the requests for instructions. Where it does, a secret does no harm.
    """
    is_new = not record or "TEXML_SECRET" in found.malformed
    return found.setting("TEXML_SECRET") or (found.fresh_secret if is_new else "")


def _room(record: Record, secret: str) -> str:
    """Return the room that the address names behind /texml; empty for the default room."""
    ours = OUR_PATH.fullmatch(_split(TEXML.address(record)).path.rstrip("/"))
    *secrets, last = (ours[2] or "").split("/") if ours else [""]
    is_secret = last == secret or (not secrets and len(last) >= SECRET_FROM)
    return "" if is_secret else last


CALL_CONTROL = Door(
    title="Call Control application",
    path="/call_control_applications",
    name="application_name",
    url="webhook_event_url",
    records=lambda found: tuple(found.applications),
    id_setting="TELNYX_CONNECTION_ID",
    needs_url=False,
    secret=lambda record, found: "",
    fields=_call_control,
)
TEXML = Door(
    title="TeXML application",
    path="/texml_applications",
    name="friendly_name",
    url="voice_url",
    records=lambda found: tuple(found.texml_applications),
    id_setting="",
    needs_url=True,
    secret=_secret,
    fields=_texml,
)
