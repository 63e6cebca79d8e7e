"""The two kinds of application by which callers come in, as rows of the table at the foot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

Record = Mapping[str, Any]

PROFILES = "/outbound_voice_profiles"
LEAST_TIMEOUT = 2  # seconds, of webhook_timeout_secs


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of application.

    path: of its operations. name, url: the fields of its name, and of the address to which calls
    are reported. title, url_title: the words for it and for its address.
    """

    title: str
    path: str
    name: str
    url: str
    url_title: str

    def path_of(self, id: str) -> str:
        """Return the path of one application."""
        return f"{self.path}/{quote(id, safe='')}"

    def name_of(self, record: Record) -> str:
        return str(record.get(self.name) or "")

    def address(self, record: Record) -> str:
        """Return the address to which an application reports calls; empty without one."""
        text = record.get(self.url)
        return text.strip() if isinstance(text, str) else ""


def outbound(record: Record) -> Record:
    """Return how an application calls out; {} if it does not."""
    fields = record.get("outbound")
    return fields if isinstance(fields, Mapping) else {}


def profile(record: Record) -> str:
    """Return the id of its outbound voice profile; empty without one."""
    return str(outbound(record).get("outbound_voice_profile_id") or "")


CALL_CONTROL = Kind(
    title="Call Control application",
    path="/call_control_applications",
    name="application_name",
    url="webhook_event_url",
    url_title="webhook URL",
)
TEXML = Kind(
    title="TeXML application",
    path="/texml_applications",
    name="friendly_name",
    url="voice_url",
    url_title="voice URL",
)
KINDS = (CALL_CONTROL, TEXML)
