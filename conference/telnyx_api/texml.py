"""Commands as forms of TeXML's REST API. The dict at the foot has a function for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from conference.core import commands
from conference.core.snapshot import Seen, Snapshot
from conference.core.texml.attributes import BEEP, EVENTS
from conference.telnyx_api.lists import Get, UnusableList

DIAL_EVENTS = [event for event in EVENTS if event != "speaker"]  # only <Conference> takes it
SEEN = (("from", "From"), ("from_display_name", "CallerId"))
"""What the callee sees: Call Control's name, TeXML's."""
PAGE = 250  # rows
MOST_PAGES = 20  # more than a conference can fill


@dataclass(frozen=True, slots=True)
class Form:
    """A request for a command."""

    path: str
    fields: dict[str, str]
    method: str = "POST"

    @property
    def body(self) -> bytes:
        return urlencode(self.fields).encode()


def form_for(command: commands.Command, number: str) -> Form:
    """Return the request for a command. `number` is our own, the caller id of outgoing calls."""
    form = FORMS[type(command)](command)
    if isinstance(command, commands.Dial):
        form.fields.setdefault("From", number)
    return form


def outcome_data(answer: dict[str, Any]) -> dict[str, str] | None:
    """Return the data of a command's outcome: the id of a new call."""
    call = answer.get("call_sid")
    return {"call_control_id": call} if isinstance(call, str) else None


def snapshot(get: Get, command: commands.TakeSnapshot) -> Snapshot:
    """Return who is in the conference.

    A 404 is raised: it may be that of the account, and proves nothing about the conference.
    """
    path = _conference(command.account, command.conference)
    status = _status(get, path)
    rows = list(_rows(get, f"{path}/Participants")) if status != "completed" else []
    there = [row for row in rows if row.get("call_sid") and row.get("status") != "completed"]
    joined = {
        str(row["call_sid"]): Seen(bool(row.get("hold")), bool(row.get("muted")))
        for row in there
        if row.get("status") == "connected"
    }
    return Snapshot(
        conference=command.conference if status != "completed" else "",
        joined=joined,
        of_texml=True,
        coming=frozenset(str(row["call_sid"]) for row in there).difference(joined),
        started=status == "in-progress",
    )


def _status(get: Get, path: str) -> str:
    """Return the conference's status: init, in-progress or completed."""
    answer = get(path, {})
    status = answer.get("status") if isinstance(answer, dict) else None
    if not isinstance(status, str):
        raise UnusableList(path)
    return status


def _rows(get: Get, path: str) -> Iterator[dict[str, Any]]:
    """Yield every row. Each page has the address of the next. UnusableList if one is missing."""
    query, known = {"PageSize": str(PAGE)}, set()
    for _ in range(MOST_PAGES):
        answer = get(path, query)
        rows = answer.get("participants") if isinstance(answer, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnusableList(path)
        yield from rows
        following = answer.get("next_page_uri")
        if not isinstance(following, str) or not following:
            return
        query = dict(parse_qsl(urlsplit(following).query))
        if following in known:
            break
        known.add(following)
    raise UnusableList(f"{path} is incomplete")


def _hold_or_mute(command: commands.HoldOrMute) -> Form:
    (call,) = command.calls
    match command:
        case commands.Hold():
            music = {"HoldUrl": command.music, "HoldMethod": "GET"} if command.music else {}
            fields = {"Hold": "true", **music}
        case commands.Unhold():
            fields = {"Hold": "false"}
        case commands.Mute():
            fields = {"Muted": "true"}
        case commands.Unmute():
            fields = {"Muted": "false"}
    return Form(_participant(command.account, command.conference, call), fields)


def _pass_through(command: commands.PassThrough) -> Form:
    who = command.body.get("call_control_id")
    where = _conference(command.account, command.about)
    path = _participant(command.account, command.about, who) if who else where
    match command.name:
        case "end":
            return Form(where, {"Status": "completed"})
        case "play":
            return Form(path, {"AnnounceUrl": command.body["audio_url"], "AnnounceMethod": "GET"})
        case "update":
            return Form(path, _coaching(command.body))
        case "participants":
            return Form(path, _on_exit(command.body))
    raise ValueError(f"TeXML has no {command.name}")


def _coaching(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a supervisor's role: a whisper is for one, the other roles for all."""
    if body["supervisor_role"] != "whisper":
        return {"Coaching": "false"}
    (hearer,) = body["whisper_call_control_ids"]
    return {"Coaching": "true", "CallSidToCoach": hearer}


def _on_exit(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of what happens when a participant leaves. The time to enter is over."""
    fields = {}
    if "end_conference_on_exit" in body:
        fields["EndConferenceOnExit"] = _word(body["end_conference_on_exit"])
    if "beep_enabled" in body:
        fields["BeepOnExit"] = _word(body["beep_enabled"] in ("always", "on_exit"))
    return fields


def _word(value: bool) -> str:
    return "true" if value else "false"


def _kick(command: commands.Kick) -> Form:
    path = _participant(command.account, command.conference, command.call)
    return Form(path, {}, "DELETE")


def _dial(command: commands.Dial) -> Form:
    callback = {
        "ConferenceStatusCallback": command.callback,
        "ConferenceStatusCallbackEvent": " ".join(DIAL_EVENTS),
    }
    fields = {
        "To": command.to,
        "Timeout": str(command.rings),
        "TimeLimit": str(command.lasts),
        "Beep": BEEP[command.beep],
        **{_field(name): value for name, value in command.attributes.items()},
        **(callback if command.callback else {}),
    }
    fields |= {theirs: command.options[ours] for ours, theirs in SEEN if ours in command.options}
    return Form(f"{_conference(command.account, command.conference)}/Participants", fields)


def _field(attribute: str) -> str:
    """Return the field for an attribute of <Conference>."""
    return "Label" if attribute == "participantLabel" else f"{attribute[0].upper()}{attribute[1:]}"


def _conference(account: str, conference: str) -> str:
    return f"/texml/Accounts/{quote(account, safe='')}/Conferences/{quote(conference, safe='')}"


def _participant(account: str, conference: str, call: str) -> str:
    return f"{_conference(account, conference)}/Participants/{quote(call, safe='')}"


FORMS: dict[type[commands.Command], Callable[[Any], Form]] = {
    commands.PassThrough: _pass_through,
    commands.Kick: _kick,
    commands.Dial: _dial,
    commands.Hold: _hold_or_mute,
    commands.Unhold: _hold_or_mute,
    commands.Mute: _hold_or_mute,
    commands.Unmute: _hold_or_mute,
}
