"""The narration of `flask simulate`: a plain sentence for everything that can happen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from rigs.operations import VERBS_OF

from conference.demo.narrator import Narrator, Sentence, as_json, plain, waits
from conference.simulator import Happened, Heard, sentences
from conference.simulator.api import operations, requests
from conference.simulator.api.description import BY_NAME, OPERATIONS, Operation
from conference.simulator.faults import strike

NAMES = {"A": "Ann", "B": "Bob", "C": "Cleo"}


@dataclass(frozen=True)
class Leg:
    """The part of a leg that waits are read from."""

    number: str
    timeline: tuple[Heard, ...]


def narrated(happened: Happened, why_on_hold: str | None = None) -> Sentence:
    return Narrator(NAMES, lambda number: why_on_hold).narrate(happened)


def command(operation: str, *numbers: str) -> str:
    number = numbers[0] if numbers else ""
    happened = Happened(1.0, "command", number, "POST /somewhere", operation, numbers)
    return narrated(happened).text


# Every operation


def changes(operation: Operation) -> list[str]:
    """All that one operation may be called in an event."""
    values = {"Hold": (True, False), "Muted": (True, False), "Coaching": (True, False)}
    bodies = [
        {field: value}
        for field in requests.TEXML_CHANGES.get(operation.name, ())
        for value in values.get(field, ("text",))
    ]
    made = (requests.ParsedRequest("", "", "", body, {}) for body in ({}, *bodies))
    return [requests.change(operation, request) for request in made]


EVERY = [name for operation in OPERATIONS for name in changes(operation)]


@pytest.mark.parametrize("operation", EVERY)
def test_there_is_a_sentence_for_every_operation(operation: str) -> None:
    for numbers in ((), ("A",), ("A", "B")):
        text = command(operation, *numbers)
        words = text.removeprefix("    -> the line asks Telnyx to ")
        assert words != text
        assert words[0].islower() and "_" not in words and "{" not in words, words
        assert operation.split()[0] not in words, "a name of the API is not plain"


def test_there_is_no_sentence_too_many() -> None:
    assert sorted(EVERY) == sorted(sentences.OPERATIONS)
    assert operations.OPERATIONS.keys() == BY_NAME.keys() == {name.split()[0] for name in EVERY}


@pytest.mark.parametrize(("operation", "verb"), VERBS_OF.items())
def test_every_action_of_a_moderator_names_those_concerned(operation: str, verb: str) -> None:
    of_the_room = {"end", "record-start", "record-stop", "record-pause", "record-resume"}
    for numbers, names in ((("A",), "Ann"), (("C", "A", "B"), "Cleo, Ann and Bob")):
        assert (names in command(operation, *numbers)) is (verb not in of_the_room)


FOR_EVERYONE = {
    "HoldConferenceParticipants": "hold everyone, with music",
    "UnholdConferenceParticipants": "unhold everyone",
    "MuteConferenceParticipants": "mute everyone",
    "UnmuteConferenceParticipants": "unmute everyone",
    "PlayConferenceAudio": "play a sound to everyone",
    "StopConferenceAudio": "stop the sound for everyone",
    "SpeakTextToConference": "speak to everyone",
    "ConferenceSendDTMF": "send tones to everyone",
    "UpdateTexmlConference AnnounceUrl": "play a sound to everyone",
    "UpdateTexmlConferenceParticipant Coaching=false": "let somebody speak to everyone again",
}


def test_everyone_is_named_only_where_a_request_without_names_concerns_everyone() -> None:
    found = {name: text for name in EVERY if "everyone" in (text := command(name))}
    start = "    -> the line asks Telnyx to "
    assert found == {name: f"{start}{words}" for name, words in FOR_EVERYONE.items()}


@pytest.mark.parametrize(
    ("operation", "numbers", "words"),
    [
        ("MuteConferenceParticipants", ("A", "B", "C"), "mute Ann, Bob and Cleo"),
        ("HoldConferenceParticipants", ("A",), "hold Ann, with music"),
        ("DialCall", ("+13125550199",), "call +13125550199"),
        ("DialCall", (), "call somebody"),
        ("ListQueues", (), "list the queues"),
        ("DeleteQueue", (), "delete a queue"),
        ("GetTexmlConference", (), "show the conference"),
        ("UpdateTexmlConferenceParticipant Hold", ("A",), "hold Ann, with music"),
        ("UpdateTexmlConferenceParticipant Hold=false", ("A",), "unhold Ann"),
        ("UpdateTexmlConferenceParticipant Muted", ("A",), "mute Ann"),
        ("UpdateTexmlConferenceParticipant AnnounceUrl", ("A",), "play a sound to Ann"),
        ("UpdateTexmlConference Status", (), "end the conference"),
    ],
)
def test_commands_in_plain_words(operation: str, numbers: tuple[str, ...], words: str) -> None:
    assert command(operation, *numbers) == f"    -> the line asks Telnyx to {words}"


# Everything else


@pytest.mark.parametrize(
    ("happened", "kind", "text"),
    [
        (Happened(1, "dials", "A", "+13125550100"), "dials", "Ann dials +13125550100"),
        (Happened(1, "answered", "A", "incoming"), "answered", "Ann is connected"),
        (Happened(1, "presses", "A", "4821#"), "presses", "Ann presses 4821#"),
        (Happened(1, "hangs up", "A", "normal_clearing"), "hangs up", "Ann hangs up"),
        (
            Happened(1, "refused", "A", "422 90034 Not yet.", "SpeakCall", ("A",)),
            "wrong",
            "    !! Telnyx refuses to speak to Ann: 422 90034 Not yet.",
        ),
        (
            Happened(1, "refused", "", "404 10005 No.", "POST /nowhere/{id}"),
            "wrong",
            "    !! Telnyx refuses to carry out POST /nowhere/{id}: 404 10005 No.",
        ),
        (
            Happened(1, "webhook refused", "A", "call.answered: 503"),
            "wrong",
            "    !! the line does not accept a webhook about Ann: call.answered: 503",
        ),
        (
            Happened(1, "webhook refused", "", "conference.ended: no answer"),
            "wrong",
            "    !! the line does not accept a webhook about the conference: "
            "conference.ended: no answer",
        ),
        (
            Happened(1, "document refused", "A", "http://a: the answer was 404, not 200"),
            "wrong",
            "    !! Telnyx cannot use the file for Ann: http://a: the answer was 404, not 200",
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, Happened) else "",
)
def test_there_are_words_for_each_kind_of_event(happened: Happened, kind: str, text: str) -> None:
    sentence = narrated(happened)
    assert (sentence.kind, sentence.text) == (kind, text)


@pytest.mark.parametrize(
    ("happened", "text"),
    [
        (
            Happened(1, "chaos", "A", "call.answered lost"),
            "the webhook call.answered about Ann is lost",
        ),
        (
            Happened(1, "chaos", "", "conference.ended held back"),
            "the webhook conference.ended about the conference is held back",
        ),
        (
            Happened(1, "chaos", "A", "is executed but gets no answer", "AnswerCall", ("A",)),
            "the request to answer Ann is executed but gets no answer",
        ),
        (
            Happened(1, "chaos", "", "fails with 429 and is not executed", "ListQueues"),
            "the request to list the queues fails with 429 and is not executed",
        ),
        (
            Happened(1, "chaos", "", "fails with 500 and is not executed",
                     "MuteConferenceParticipants"),
            "the request to mute everyone fails with 500 and is not executed",
        ),
    ],
)  # fmt: skip
def test_chaos_in_plain_words(happened: Happened, text: str) -> None:
    sentence = narrated(happened)
    assert (sentence.kind, sentence.text) == ("chaos", f"    ~~ chaos: {text}")
    assert "\x1b[35m" in plain(sentence, colour=True)


def test_each_outcome_of_a_request_in_chaos_is_the_end_of_a_sentence() -> None:
    assert {outcome.split()[0] for outcome in strike.OUTCOMES.values()} == {"fails", "gets", "is"}


@pytest.mark.parametrize(
    ("heard", "kind", "text"),
    [
        (Heard(1.0, "ringing"), "ringing", "Ann hears it ring"),
        (Heard(1.0, "silence"), "silence", "Ann hears silence"),
        (Heard(1.0, "conference"), "conference", "Ann is in the room, and hears nobody"),
        (Heard(1.0, "conference", others=("B",)), "together", "Ann hears Bob"),
        (Heard(1.0, "conference", others=("B", "C")), "together", "Ann hears Bob and Cleo"),
        (Heard(1.0, "speech", "Hello: you"), "speech", 'Ann hears: "Hello: you"'),
        (Heard(1.0, "hung up", "normal"), "hung up", "Ann's call has ended (normal)"),
        (
            Heard(1.0, "playback", "https://example.com/a.mp3"),
            "playback",
            "Ann hears a sound: https://example.com/a.mp3",
        ),
        (Heard(1.0, "tones", "1234"), "tones", "Ann hears tones"),
        (Heard(1.0, "music", "http://m"), "music", "Ann hears music, being on hold"),
    ],
    ids=str,
)
def test_there_are_words_for_whatever_is_heard(heard: Heard, kind: str, text: str) -> None:
    sentence = narrated(Happened(1.0, "hears", "A", str(heard)))
    assert (sentence.kind, sentence.text) == (kind, text)


def test_the_reason_for_music_is_the_lines_own() -> None:
    happened = Happened(1.0, "hears", "A", "music: http://m")
    assert narrated(happened, "alone").text == "Ann hears music, being alone, until somebody joins"
    assert narrated(happened, "moderator").text == "Ann hears music, being on hold"
    assert narrated(happened, "not-started").text == "Ann hears music, until the host arrives"


def test_what_ends_a_wait_with_music() -> None:
    words = Heard(8.0, "speech", "The host has arrived.")
    ann = Leg("A", (Heard(5.0, "music"), words, Heard(9.0, "conference", others=("B", "C"))))
    bob = Leg("B", (Heard(6.0, "music"), Heard(7.0, "speech", "Muted."), Heard(7.5, "music"),
                    Heard(9.0, "hung up")))  # fmt: skip
    both: Any = (ann, bob)
    assert [*waits(NAMES, both, "C")] == [
        "Ann waited with music, for the host, from 5.0 s to 9.0 s, until Cleo joined.",
        "Bob waited with music, being alone, from 6.0 s to 9.0 s, until Bob hung up.",
    ]
    (of_ann, _) = waits(NAMES, both)
    assert of_ann.startswith("Ann waited with music, being alone, ")
    assert of_ann.endswith(", until Bob and Cleo joined.")


def test_the_end_of_the_music_is_narrated() -> None:
    narrator = Narrator(NAMES, lambda number: "alone")
    narrator.narrate(Happened(1.0, "hears", "A", "music: http://m"))
    together = narrator.narrate(Happened(2.0, "hears", "A", "conference with B"))
    assert together.text == "the music stops for Ann, who hears Bob"


def test_a_line_for_programs_has_no_indentation() -> None:
    sentence = narrated(Happened(1.23, "command", "A", "POST /x", "MuteConferenceParticipants",
                                 ("A", "B")))  # fmt: skip
    assert json.loads(as_json(sentence)) == {
        "at": 1.2,
        "kind": "command",
        "who": "Ann and Bob",
        "text": "-> the line asks Telnyx to mute Ann and Bob",
    }


@pytest.mark.parametrize(
    ("names", "text"),
    [((), ""), (("Ann",), "Ann"), (("Ann", "Bob"), "Ann and Bob"), ("abc", "a, b and c")],
)
def test_names_are_joined_as_in_a_sentence(names: tuple[str, ...], text: str) -> None:
    assert sentences.joined(names) == text
