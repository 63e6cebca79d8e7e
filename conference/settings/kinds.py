"""The kind of each setting: what is allowed, and what an error may show of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nacl.signing import VerifyKey

from conference.core import room_kinds
from conference.core.origin import TEXML, WEBHOOK, line_address
from conference.core.requests.dial_allow import SETS
from conference.core.schema.kind import Kind
from conference.core.schema.kinds import Choice, Integer, Number
from conference.core.schema.phone_numbers import PhoneNumber, with_plus
from conference.core.schema.texts import ROOM, Address, Pattern, Text
from conference.core.texml import attributes
from conference.signature import public_key


@dataclass(frozen=True)
class PublicKey(Kind):
    says = "base64 of 32 bytes"
    example = ""

    def allows(self, value: Any) -> bool:
        return bool(public_key(value))

    def used(self, value: str) -> VerifyKey:
        return public_key(value)

    def quote(self, word: str) -> str:
        return ""  # a secret key may be there by mistake


@dataclass(frozen=True)
class BaseAddress(Address):
    """An address to which paths are added."""

    def used(self, value: str) -> str:
        return value.rstrip("/")


@dataclass(frozen=True)
class PublicAddress(BaseAddress):
    @property
    def says(self) -> str:
        return f"{super().says}, has no ? or # and ends before {WEBHOOK} or {TEXML}"

    def allows(self, value: Any) -> bool:
        if not super().allows(value) or "?" in value or "#" in value:
            return False
        return line_address(value) is None


@dataclass(frozen=True)
class Prefixes(Kind):
    says = f"prefixes with + before them, such as +1312,+351, or {' or '.join(SETS)}"
    example = "us-canada,+351"

    def read(self, word: str) -> tuple[str, ...]:
        return tuple(_opened(each.strip()) for each in word.split(","))

    def allows(self, value: Any) -> bool:
        return bool(value) and all(each in SETS or each == with_plus(each) != "" for each in value)

    def quote(self, word: str) -> str:
        return ""  # a whole phone number may be in it


def _opened(word: str) -> str:
    """Return the name of a set in lower case, or a prefix in the form of E.164."""
    return word.lower() if word.lower() in SETS else with_plus(word) or word


SECRET = Pattern(r"[!-~]{1,1000}", "1 to 1000 characters of ASCII without spaces", private=True)
TOKEN = Pattern(r"[!-~]{20,1000}", "20 to 1000 characters of ASCII without spaces", private=True)
PATH_SECRET = Pattern(
    r"[A-Za-z0-9_-]{20,200}",
    "20 to 200 of the characters A-Z a-z 0-9 _ - that nobody can guess",
    private=True,
)
REDIS_ADDRESS = Pattern(
    r"(rediss?(\+sentinel|\+cluster)?|unix)://[!-~]{1,1000}",
    "an address in ASCII without spaces that begins with redis://, rediss://, unix://, "
    "redis+sentinel:// or redis+cluster://",
    private=True,
)

REQUIRED = {
    "TELNYX_API_KEY": "Create one in the Telnyx portal, Keys & Credentials, API Keys.",
    "TELNYX_PUBLIC_KEY": "Copy it whole from the Telnyx portal, Keys & Credentials, Public Key.",
}
MAY_BE_EMPTY = ("GREETING_FIRST", "GREETING_NEXT")  # empty: no greeting
MAKE = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
NOTES = (
    REQUIRED
    | {"CONTROL_TOKEN": MAKE, "METRICS_TOKEN": MAKE}
    | {name: attribute.note for name, attribute in attributes.SETTINGS.items()}
)

KINDS: dict[str, Kind] = {
    "TELNYX_API_KEY": SECRET,
    "TELNYX_PUBLIC_KEY": PublicKey(),
    "TELNYX_BASE_URL": BaseAddress(encoded=True),
    "TELNYX_CONNECTION_ID": Text(),
    "TELNYX_NUMBER": PhoneNumber(private=True),
    "CONTROL_TOKEN": TOKEN,
    "METRICS_TOKEN": TOKEN,
    "CONFERENCE_NAME": ROOM,
    "DIAL_ALLOW": Prefixes(),
    "DIAL_PER_HOUR": Integer(0, 10000),
    "DIAL_AT_ONCE": Integer(0, 1000),
    "ROOMS_FILE": Text(longest=1000),
    **{name.upper(): kind for name, kind in room_kinds.KINDS.items()},
    "PUBLIC_URL": PublicAddress(encoded=True),
    "RECONCILE_SECONDS": Number(1, 86400, zero="never"),
    "LOG_FORMAT": Choice(("text", "json")),
    "RECORD_WEBHOOKS": Text(longest=1000),
    "PORT": Integer(1, 65535),
    "THREADS": Integer(1, 1000),
    "REDIS_URL": REDIS_ADDRESS,
    "WEB_CONCURRENCY": Integer(1, 64),
    "TIME_FACTOR": Number(1, 100),
    "TEXML_SECRET": PATH_SECRET,
    **{name: attribute.kind for name, attribute in attributes.SETTINGS.items()},
}
"""The kind of each setting, by its name in the environment."""
