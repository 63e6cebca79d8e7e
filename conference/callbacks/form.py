"""The form that reports news: the fields of Telnyx's status callbacks of a TeXML conference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

from conference.core.news import News


def form(item: News, number: int, our_number: str, unix: Callable[[float], float] = float) -> str:
    """Return the news as a form: Telnyx's own fields, where Telnyx reported it.

    Timestamp is Telnyx's time in one form, or ours for news that Telnyx did not report. `number` is
    the SequenceNumber. `our_number` is that of Call Control. `unix` converts times of the line's
    clock to Unix seconds. Empty fields are left out.
    """
    if item.fields:
        return urlencode(item.fields)
    from_, to = _numbers(item, our_number)
    ours = f"{datetime.fromtimestamp(unix(item.at), UTC):%Y-%m-%d %H:%M:%S.%f}"
    fields = {
        **item.more,
        "AccountSid": item.account,
        "CallSid": item.call,
        "ConferenceSid": item.conference,
        "FriendlyName": item.room,
        "From": from_,
        "ParticipantLabel": _label(item),
        "SequenceNumber": str(number),
        "StatusCallbackEvent": item.kind,
        "Timestamp": f"{item.occurred_at.replace('T', ' ') or ours}Z",
        "To": to,
    }
    return urlencode({name: value for name, value in fields.items() if value})


def _label(item: News) -> str:
    """Return the participant's label: Telnyx's, unless we know one or a moderator took it away."""
    known = item.participant
    ours = known is not None and (known.label or known.renamed)
    return known.label if known and ours else item.more.get("ParticipantLabel", "")


def _numbers(item: News, our_number: str) -> tuple[str, str]:
    """Return From and To."""
    if not item.participant:
        return item.from_, item.to
    theirs = item.participant.number
    ours = item.participant.our_number or ("" if item.account else our_number)
    return (theirs, ours) if item.participant.direction == "incoming" else (ours, theirs)
