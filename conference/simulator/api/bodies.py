"""Request bodies: JSON; forms for TeXML's operations."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from .description import Field, Operation
from .errors import refused


def parse(raw: bytes, content_type: str, operation: Operation | None) -> Any:
    """Return the fields; None for an empty body. Raise Refused for a malformed one.

    TeXML's operations accept JSON, too: the description has forms, Telnyx's own SDK sends JSON.
    """
    if not raw.strip():
        return None
    if operation and operation.form and content_type != "application/json":
        if content_type != "application/x-www-form-urlencoded":
            raise refused("not a form")
        return _form(raw, operation.body)
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise refused("not json") from error
    if not isinstance(body, dict):
        raise refused("not json")
    return body


def _form(raw: bytes, fields: Mapping[str, Field]) -> dict[str, Any]:
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=True)
    except ValueError as error:
        raise refused("not a form") from error
    if len({name for name, _ in pairs}) < len(pairs):
        raise refused("not a form")
    return {name: _value(text, fields.get(name, {}).get("type")) for name, text in pairs}


def _value(text: str, kind: object) -> Any:
    """Return the value of a form field. A text of the wrong type is returned as it is.

    `description.problems` finds it later.
    """
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind in ("integer", "array", "object"):
        with contextlib.suppress(ValueError):
            return json.loads(text)
    return text
