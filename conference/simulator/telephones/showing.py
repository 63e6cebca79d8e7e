"""Rows of the traffic for the page: a line in plain words, and the whole of one row."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .. import sentences
from ..network.traffic import Row
from .bench import token
from .explained import CALLBACKS, COMMANDS, KINDS, WEBHOOKS, Explained
from .hearing import Name

_EVENTS = {"webhook": WEBHOOKS, "callback": CALLBACKS}
_UNKNOWN = Explained("", "")


def line(row: Row, name: Name) -> dict[str, Any]:
    """Return a row as a line of the list.

    name: as in explained.Step. words: what happened. type: the same in Telnyx's words. result: the
    answer's status, and what went wrong. bad: whether something did.
    """
    return {
        "n": row.n,
        "at": round(row.at, 1),
        "kind": row.kind,
        "name": _name(row),
        "type": _type(row),
        "words": _words(row, name),
        "result": _result(row),
        "bad": bool(row.fault) or (row.status is not None and not 200 <= row.status < 300),
        "calls": [token(call) for call in row.calls],
        "causes": list(row.causes),
    }


def whole(row: Row) -> dict[str, Any]:
    """Return what a row is for, its request and its answer, each with its body."""
    shown = {"n": row.n, "version": row.version, "purpose": _purpose(row), "parts": []}
    if row.kind in ("phone", "line"):
        return shown
    request = row.detail or (f"POST {row.name}" if row.kind == "document" else row.name)
    parts = [{"title": f"Request: {request}", "body": pretty(row.sent())}]
    if row.status is not None:
        parts.append({"title": f"Answer: {_result(row)}", "body": pretty(row.answer)})
    return shown | {"parts": parts}


def pretty(text: str) -> str:
    """Return JSON with indents, and a form with a line for each field; other texts as they are."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        if text.startswith("<"):  # attributes look like a form
            return text
    try:
        fields = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        return text
    return "\n".join(f"{name}: {value}" for name, value in fields)


def _words(row: Row, name: Name) -> str:
    named = [name(number) for number in row.numbers]
    who = sentences.joined(named)
    match row.kind:
        case "phone":
            return " ".join(filter(None, (who, row.name, name(row.detail))))
        case "webhook" | "callback":
            known = _EVENTS[row.kind].get(row.name, _UNKNOWN)
            return known.words.format(who=who or "the conference") or row.name
        case "document":
            what = "a sound" if row.answer.startswith("(audio/") else "a document"
            return f"Fetch {what} for {who}"
        case "line":
            return _capital(f"{row.name} {who}".strip())
        case _:
            return _capital(sentences.request(row.name or row.detail, named))


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _name(row: Row) -> str:
    if row.kind == "document":
        return row.kind
    return row.name.partition(" ")[0] if row.kind == "command" else row.name


def _type(row: Row) -> str:
    if row.kind == "document":
        return urlsplit(row.name).path
    if row.kind not in ("command", "look-up"):
        return row.name if row.kind in _EVENTS else ""
    method, _, path = row.detail.partition(" ")
    place = path.rstrip("/").rsplit("/", 1)[-1]
    named = "/actions/" in path or path.count("/") == 1  # else it ends with an id
    return f"{method} {place if named else row.name.partition(' ')[2]}".strip()


def _result(row: Row) -> str:
    if row.status is None:
        return row.fault or ("" if row.kind in ("phone", "line") else "…")
    status = str(row.status) if row.status else "no answer"
    again = f"{row.tries} times" if row.tries > 1 and not row.fault else ""
    return ", ".join(filter(None, (status, again, row.fault)))


def _purpose(row: Row) -> str:
    if row.kind in _EVENTS:
        return _EVENTS[row.kind].get(row.name, _UNKNOWN).purpose or KINDS[row.kind]
    purpose = COMMANDS.get(row.name.partition(" ")[0], "") if row.kind == "command" else ""
    return purpose or KINDS[row.kind]
