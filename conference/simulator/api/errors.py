"""Telnyx's refusals: status, code and text by the short name of the reason.

The codes and titles are from Telnyx's API description (2026-07). It does not list the titles of
10008, 10036, 90017, 90044 and 90102, and lists 90014 for other fields: these titles are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One problem of a request.

    pointer: a JSON pointer to a field of the body ("/name"), the name of a query parameter
    ("page[size]"), or "" if no field is wrong. code: if "", the answer has no code and no title.
    """

    pointer: str
    code: str
    detail: str


TITLES = {
    "10004": "Missing required parameter",
    "10005": "Resource not found",
    "10007": "Internal server error",
    "10008": "Request timeout",
    "10009": "Authentication failed",
    "10010": "Not authorized",
    "10011": "Too many requests",
    "10012": "Duplicate resource",
    "10015": "Bad Request",
    "10016": "Phone number must be in +E164 format",
    "10026": "Invalid parameter type",
    "10032": "Invalid enumerated value",
    "10033": "Value outside of range",
    "10036": "Request is being processed",
    "90014": "Invalid value for digits",
    "90015": "Invalid Call Control ID",
    "90017": "Invalid value for client_state",
    "90018": "Call has already ended",
    "90019": "Conference has already ended",
    "90032": "Maximum number of participants reached",
    "90033": "Unable to execute command",
    "90034": "Call not answered yet",
    "90036": "Queue full",
    "90038": "Call already in queue",
    "90044": "Call is already in a conference",
    "90047": "Participant on hold",
    "90050": "Unable to delete queue",
    "90058": "Invalid conference_id",
    "90102": "Outgoing call cannot be answered",
}


class Refused(Exception):
    """Telnyx refuses a request. The API turns this into an HTTP answer."""

    def __init__(self, status: int, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.code} {p.detail}" for p in problems))
        self.status = status
        self.problems = tuple(problems)

    @property
    def code(self) -> str:
        """The code of the first problem, or ""."""
        return self.problems[0].code

    def body(self) -> dict[str, Any]:
        """Return the answer: {"errors": [{"code", "title", "detail", "source"?, "meta"}]}."""
        return {"errors": [_error(problem) for problem in self.problems]}


def _error(problem: Problem) -> dict[str, Any]:
    if not problem.code:
        return {"detail": problem.detail}
    error: dict[str, Any] = {
        "code": problem.code,
        "title": TITLES[problem.code],
        "detail": problem.detail,
        "meta": {"url": f"https://developers.telnyx.com/docs/overview/errors/{problem.code}"},
    }
    if problem.pointer:
        kind = "pointer" if problem.pointer.startswith("/") else "parameter"
        error["source"] = {kind: problem.pointer}
    return error


REASONS = {
    "not json": (400, "10015", "The body is not a JSON object."),
    "not a form": (400, "10015", "The body is not a form with each field once."),
    "key": (401, "10009", "The API key is missing or wrong."),
    "forbidden": (403, "10010", "This API key may not do that."),
    "no such address": (404, "10005", "There is nothing at this address."),
    "unknown call": (422, "90015", "No call has this call_control_id."),
    "call not found": (404, "90015", "No call has this call_control_id."),
    "not in the conference": (422, "90015", "This call is not in the conference."),
    "call ended": (422, "90018", "The call has ended and takes no more commands."),
    "not answered": (422, "90034", "The call takes this command only once it is answered."),
    "texml": (422, "10015", "Call Control and TeXML may not be mixed: this belongs to TeXML."),
    "no texml": (404, "", "Resource not found"),
    "texml conference ended": (400, "90019", "This conference is no longer active."),
    "on hold": (400, "90047", "This participant is on hold"),
    "outgoing": (422, "90102", "Only an incoming call can be answered."),
    "answered twice": (422, "10015", "The call has been answered already."),
    "conference not found": (404, "90058", "There is no such conference."),
    "conference ended": (422, "90019", "The conference has ended and takes no more commands."),
    "name taken": (422, "90033", "An active conference has this name."),
    "joined twice": (422, "90044", "The call is in a conference already."),
    "client_state": (422, "90017", "client_state must be base64."),
    "connection": (422, "10015", "No application with a webhook URL has this connection_id."),
    "no such connection": (422, "10015", "No application has this connection_id."),
    "no such profile": (422, "10015", "There is no such outbound voice profile."),
    "inactive connection": (403, "10010", "The connection is inactive D18."),
    "no outbound profile": (403, "10010", "Connection has no Outbound Profile assigned D38."),
    "outbound profile disabled": (403, "10010", "The outbound voice profile is disabled D13."),
    "not E.164": (422, "10016", "The number must be in +E164 format."),
    "two sounds": (422, "10015", "Only one of audio_url and media_name is allowed."),
    "no sound": (422, "10004", "audio_url or media_name is required."),
    "nothing to overlay": (422, "10015", "An overlay needs audio that is being played."),
    "no participant": (404, "10005", "There is no such participant in the conference."),
    "no recording": (404, "10005", "The recording could not be found."),
    "queue exists": (422, "10012", "There is a queue of this name."),
    "no such queue": (404, "10005", "There is no such queue."),
    "queue not empty": (400, "90050", "Only empty queues can be deleted."),
    "not in this queue": (404, "10005", "This call is not in the queue."),
    "in a queue": (422, "90038", "The call is in a queue already."),
    "not queued": (422, "10015", "The call is in no queue."),
    "active in the queue": (422, "10015", "Only a call that has ended can be removed."),
    "cursor": (422, "10015", "The cursor is invalid."),
    "timeout": (408, "10008", "The request timed out."),
    "conflict": (409, "10036", "Another request is being processed."),
    "processing": (422, "10036", "Another request is being processed."),
    "rate": (429, "10011", "Too many requests."),
    "server": (500, "10007", "Internal server error."),
    "unavailable": (503, "10007", "Service unavailable."),
}


def refused(reason: str, pointer: str = "") -> Refused:
    """Return the refusal for a reason of the table. Raise KeyError for another one."""
    status, code, detail = REASONS[reason]
    return Refused(status, [Problem(pointer, code, detail)])


def room_full(limit: int) -> Refused:
    """Return the refusal for a conference at its limit of participants."""
    return Refused(422, [Problem("", "90032", f"max_participants is {limit}, all are taken.")])


def queue_full(name: str) -> Refused:
    """Return the refusal for a full queue."""
    detail = f"The '{name}' queue is full and can't accept more calls."
    return Refused(422, [Problem("", "90036", detail)])
