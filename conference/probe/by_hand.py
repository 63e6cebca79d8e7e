"""The questions about Telnyx that only a person can answer, by a look or an ear. Pure."""

from __future__ import annotations

from conference.probe.question import Question

BY_HAND: tuple[Question, ...] = (
    Question(
        name="four-hours",
        asks="What becomes of the calls when Telnyx ends a conference after 4 hours?",
        how="Let a meeting last so long, and read `flask story ROOM`.",
        page="in-the-room.md#after-4-hours",
        answers={
            "they stay up": "Callers that the line could not move before are let in again.",
            "they end": "Only callers that the line moved 15 s before stay connected.",
        },
    ),
    Question(
        name="sounds-in-turn",
        asks="Does a speech in a conference wait for the sound before it?",
        how="Listen to a newcomer in a room with `chimes` and `announce_names`.",
        page="in-the-room.md#names",
        answers={
            "it waits": "The tone, the name and the words follow each other.",
            "it does not wait": "They overlap: turn one of them off.",
        },
    ),
    Question(
        name="texml-no-digits",
        asks="Is the end of a `<Gather>` without a key posted to its action?",
        how="Call a TeXML number that wants a PIN, and press nothing.",
        page="texml.md#pins",
        answers={
            "it is posted": "It counts as a try without digits.",
            "it is not posted": "`<Redirect>` leads to the same address.",
        },
    ),
    Question(
        name="texml-recording",
        asks="Do callbacks of a TeXML conference's recording name the conference?",
        how="Set TEXML_RECORD, and look for the recording in the log.",
        page="texml.md",
        answers={
            "they do": "The recording is found by the conference.",
            "they do not": "The recording is found by the call.",
        },
    ),
    Question(
        name="texml-times",
        asks="In which form are the times of TeXML's callbacks?",
        how="Call a TeXML number; the events of `flask story` are in order.",
        page="texml.md",
        answers={
            "RFC 2822": "The line reads it.",
            "ISO 8601, with T or a space": "The line reads it.",
        },
    ),
)
