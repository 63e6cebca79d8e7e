"""Makes the events of the forms that Telnyx posts for TeXML."""

from __future__ import annotations

from conference.core.events import Ignored
from conference.core.telnyx_time import sortable
from conference.core.texml.facts import NOT_NUMBERED, StatusCallback
from conference.core.texml.fields import Form, party
from conference.core.texml.passed_on import label, passed_on

FETCH_FIELDS = ("CallSid",)
CONFERENCE_FIELDS = (
    "StatusCallbackEvent",
    "AccountSid",
    "ConferenceSid",
    "FriendlyName",
)
PARTICIPANT_FIELDS = (*CONFERENCE_FIELDS, "CallSid")
RECORDING_FIELDS = ("RecordingStatus", "RecordingSid", "ConferenceSid", "CallSid")
NO_RECORDING = ("absent", "failed")  # synonyms; RecordingSid may be missing
ONLY_IN_REPORTS = ("CallbackSource", "StatusCallbackEvent", "RecordingStatus", "SequenceNumber")
CALL_IS_OVER = ("completed", "busy", "failed", "no-answer", "canceled")
OF_A_CALL = Ignored("a report of a call's progress or cost")


def call_at_door(form: Form) -> str | Ignored:
    """Return the call that a form requests instructions for. Invalid if its CallSid is unusable.

    Telnyx also sends reports about calls to the voice URL. Their calls are not at the door.
    """
    if form.get("CallStatus") in CALL_IS_OVER or any(map(form.get, ONLY_IN_REPORTS)):
        return OF_A_CALL
    form.check(FETCH_FIELDS, FETCH_FIELDS)
    return form.get("CallSid")


def status_callback(form: Form, at: float, origin: str = "") -> StatusCallback | Ignored:
    """Make the event of a form. Invalid names each field that its kind of event needs and lacks.

    `at` is when the form arrived, in Unix seconds; `origin` is our address, as far as it is known.
    """
    kind = form.get("StatusCallbackEvent")
    if not kind.startswith(("conference-", "participant-")):
        if "RecordingStatus" in form:
            return _recording(form, at)
        if kind or "CallStatus" in form or "CallbackSource" in form:
            return OF_A_CALL
    needed = CONFERENCE_FIELDS if kind.startswith("conference-") else PARTICIPANT_FIELDS
    form.check((*needed, "SequenceNumber"), needed)
    return StatusCallback(
        type=kind,
        at=at,
        conference=form.get("ConferenceSid"),
        room=form.get("FriendlyName"),
        call=form.get("CallSid"),
        account=form.get("AccountSid"),
        sequence=int(form.get("SequenceNumber") or NOT_NUMBERED),
        occurred_at=sortable(form.get("Timestamp")),
        from_=party(form.get("From")),
        to=party(form.get("To")),
        origin=origin,
        label=label(form.fields),
        more=passed_on(form.fields),
    )


def _recording(form: Form, at: float) -> StatusCallback | Ignored:
    status = form.get("RecordingStatus")
    none = status in NO_RECORDING and form.get("ConferenceSid")
    form.check(RECORDING_FIELDS, () if none else ("RecordingSid",))
    if status not in ("in-progress", "completed", *NO_RECORDING):
        return Ignored("a status of a recording that changes nothing")
    return StatusCallback(
        type=f"recording-{'absent' if status in NO_RECORDING else status}",
        at=at,
        conference=form.get("ConferenceSid"),
        call=form.get("CallSid"),
        recording=form.get("RecordingSid"),
        fields=form.fields,
    )
