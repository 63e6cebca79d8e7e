"""The questions about Telnyx that nobody has answered on a live account. Pure.

They are the rows of `flask probe --list` and of docs/not-yet-tried.md.
"""

from __future__ import annotations

from conference.probe import answers
from conference.probe.by_hand import BY_HAND
from conference.probe.question import Question

PROBED: tuple[Question, ...] = (
    Question(
        name="second-call",
        asks="Does a call to the account's own address arrive as a second call?",
        step="call",
        how="The probe dials its own application.",
        find=answers.second_call,
        answers={
            "arrives": "The other questions can be answered without a person.",
            "does not arrive": "Try `flask probe --borrow-number`.",
        },
    ),
    Question(
        name="keys-in-conference",
        asks="Does `call.dtmf.received` report digits inside a conference?",
        step="keys-inside",
        how="One end of the call sends a digit before the conference and one inside.",
        find=answers.digits_inside,
        page="keys.md#where-no-key-arrives",
        answers={
            "arrive": "The keys of a room work.",
            "do not arrive": "Only keys before the conference work, such as a PIN.",
        },
    ),
    Question(
        name="keys-of-a-telephone",
        asks="Does `call.dtmf.received` report the keys of a real telephone inside a conference?",
        step="person",
        how="You call, and press a key when you are asked to.",
        find=answers.phone_keys,
        page="keys.md#where-no-key-arrives",
        answers={
            "arrive": "The keys of a room work.",
            "do not arrive": "Set the DTMF type to RFC 2833, and try again.",
        },
    ),
    Question(
        name="last-events",
        asks="In which order do `call.hangup`, `conference.participant.left` and "
        "`conference.ended` come when the last caller hangs up?",
        step="last-caller",
        how="The other end of the last call in the conference hangs up.",
        find=answers.last_events,
        page="promises.md",
        answers={
            "hangup first": "The room is empty with the first of the three.",
            "left first": "The caller counts as leaving until the call ends.",
            "ended first": "The line may let the caller in again, until the call ends.",
        },
    ),
    Question(
        name="retries",
        asks="How often, and how soon, is a webhook delivered again that got no good answer?",
        step="retries",
        how="The probe answers one webhook with 503, and counts the attempts for two minutes.",
        find=answers.retries,
        page="operating.md",
        answers={
            "retried": "A restart or an overload of a few seconds loses nothing.",
            "not retried": "A lost webhook counts with the next comparison (RECONCILE_SECONDS).",
        },
    ),
    Question(
        name="held-participant",
        asks="What does the list of participants show of a held one?",
        step="hold",
        how="The probe holds a participant and reads the list.",
        find=answers.held_participant,
        page="how-it-works.md",
        answers={
            "on_hold is true": "A comparison finds a hold that got lost, and repeats it.",
            "on_hold is not true": "The line repeats the hold twice, and then trusts Telnyx's "
            "response.",
            "is not listed": "A held caller stays until an event or the end of the call.",
        },
    ),
    Question(
        name="held-call",
        asks="Is the call of a held participant alive by `GET /calls/{id}`?",
        step="hold",
        how="The probe holds a participant and reads the call.",
        find=answers.held_call,
        page="how-it-works.md",
        answers={
            "is alive": "A held caller survives a restart of the line.",
            "is not alive": "The line reads the list of active calls; check there, too.",
        },
    ),
    Question(
        name="hold-without-audio",
        asks="Can a participant be held without music?",
        step="hold",
        how="The probe holds a participant without `audio_url`.",
        find=answers.silent_hold,
        page="operating.md",
        answers={
            "accepted": "Where no music can be played, the participant is held in silence.",
            "refused": "Where no music can be played, the hold is tried again after a pause.",
        },
    ),
    Question(
        name="hold-heard",
        asks="What does a participant hear who is held without music?",
        step="person",
        how="You call, and say what you hear.",
        find=answers.silent_hold_heard,
        page="operating.md",
        answers={
            "silence": "As the line assumes.",
            "music": "Telnyx plays music of its own where the line's cannot be played.",
            "something else": "Please describe it in the issue.",
        },
    ),
    Question(
        name="texml-fetch-signed",
        asks="Is the request for the instructions of a TeXML call signed?",
        step="texml-call",
        how="The probe calls a TeXML application of its own, and verifies the request.",
        find=answers.fetch_signed,
        page="texml.md#set-up",
        answers={
            "signed": "TEXML_SECRET is not needed.",
            "not signed": "Set TEXML_SECRET; without it each call is refused with 401.",
            "signed with another key": "Correct TELNYX_PUBLIC_KEY; until then calls are refused.",
        },
    ),
    Question(
        name="texml-fetch-method",
        asks="By which method are these instructions requested, if the application names none?",
        step="texml-call",
        how="The probe creates the application without `voice_method`.",
        find=answers.fetch_method,
        page="texml.md#set-up",
        answers={
            "POST": "The set-up works without a choice of the method.",
            "GET": "Set the method to POST: a signature does not cover the address.",
        },
    ),
    Question(
        name="account-sid",
        asks="Is `AccountSid` the id of the user or of the organization?",
        step="texml-call",
        how="The probe compares it with `GET /whoami`.",
        find=answers.account_sid,
        page="texml.md#accounts",
        answers={
            "user": "REST requests name it; after a 404 the line names the organization.",
            "organization": "REST requests name it, and need no second try.",
            "both": "REST requests name it, and need no second try.",
            "neither": "REST requests name it; after a 404 the line names the organization.",
        },
    ),
    Question(
        name="hangup-client-state",
        asks="Does `call.hangup` carry the `client_state` of the call?",
        step="last-caller",
        how="The probe's own call has one when it ends.",
        find=answers.hangup_state,
        answers={
            "is there": "A hangup finds its room, also right after a restart.",
            "is missing": "Right after a restart it is ignored; the next comparison finds the end.",
        },
    ),
    Question(
        name="floor-changed",
        asks="Does `conference.floor.changed` have its fields inside `data`?",
        step="floor",
        how="One end of the call speaks a word into the conference.",
        find=answers.floor_wrapped,
        answers={
            "wrapped": "The line reads it.",
            "not wrapped": "The line reads it, too.",
        },
    ),
    Question(
        name="same-name",
        asks="How is a second conference of an active name refused?",
        step="same-name",
        how="The probe creates it twice.",
        find=answers.same_name,
        page="promises.md",
        answers={
            "90033": "The second caller finds the conference and joins it.",
            "another refusal": "The same, after any code.",
            "accepted": "With TELNYX_CONNECTION_ID the line knows the conference before; without, "
            "a restart may open a room twice.",
        },
    ),
    Question(
        name="client-state-size",
        asks="How long may a `client_state` be?",
        step="client-state",
        how="The probe sends longer and longer ones, and compares what comes back.",
        find=answers.state_size,
        answers={
            "1,024 characters are echoed": "The line stays below that.",
            "less than 1,024 characters are echoed": "A restart may lose a call with a long label.",
        },
    ),
    Question(
        name="repeated-command",
        asks="Is a command with the same `command_id` within 60 s ignored?",
        step="repeat",
        how="The probe sends the same word twice, and counts how often it is spoken.",
        find=answers.repeated_command,
        page="promises.md",
        answers={
            "ignored": "A retry does nothing twice.",
            "executed again": "After a lost answer a caller may hear a greeting twice.",
        },
    ),
    Question(
        name="limit-reset",
        asks="Is `x-ratelimit-reset` in seconds or a Unix time?",
        step="application",
        how="The probe looks at every response. It does not provoke a limit.",
        find=answers.limit_reset,
        answers={
            "seconds": "The line waits for so long.",
            "a Unix time": "The line waits until then.",
            "another form": "The line takes its own pause.",
        },
    ),
    Question(
        name="soft-end",
        asks="What becomes of the others when a participant with "
        "`soft_end_conference_on_exit` leaves?",
        step="soft-end",
        how="The other end of the call joins with it, and leaves.",
        find=answers.soft_end,
        page="reference.md",
        answers={
            "the conference ends, calls stay up": "The others hear a goodbye and are hung up.",
            "the conference ends, calls end": "The others are hung up at once, without a goodbye.",
            "the conference continues": "The others go on; use `end_conference_on_exit`.",
        },
    ),
)

QUESTIONS: tuple[Question, ...] = (*PROBED, *BY_HAND)
