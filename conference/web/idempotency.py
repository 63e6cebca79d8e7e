"""Reads the header Idempotency-Key: the id that a client gives its request, to repeat it safely."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from conference.core.client_state import LONGEST_REQUEST
from conference.web.problems import Problem

HEADER = "Idempotency-Key"
KEY = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_REQUEST}}}")


def request_id() -> tuple[str, bool]:
    """Return the request's id, and whether it is the client's. Problem for a malformed one."""
    given = request.headers.get(HEADER)
    if given is None:
        return uuid.uuid4().hex, False
    if not KEY.fullmatch(given):
        what = f"must be 1 to {LONGEST_REQUEST} of the characters A-Z a-z 0-9 _ -"
        raise Problem("invalid-header", f"{HEADER} {what}.")
    return given, True


def of_client(key: str, only: str | None) -> str:
    """Return the key as it is remembered. Sessions for `only` one room share no key with others."""
    return key if only is None else f"{only}/{key}"


def digest(room: str, verb: str, names: Sequence[str], body: Mapping[str, Any]) -> str:
    """Return 32 hex digits: the same for equal requests, before the names are looked up.

    A repetition may come when a participant has left.
    """
    content = json.dumps([room, verb, list(names), body], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]
