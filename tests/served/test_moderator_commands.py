"""What moderators type in haste does the obvious, or the error says what to type."""

from __future__ import annotations

import pytest
from rigs.moderator import ROOM, act, ask, run, send
from rigs.people import ANN, BOB, CLEO
from rigs.rehearsals import MAY, dial, rehearsal, settled
from rigs.waiting import until

from conference.demo.rehearsal import Line

LIKE_BOB = "+351215550112"


def one(line: Line, name: str) -> dict[str, object]:
    found: dict[str, object] = ask(line, f"{ROOM}/participants/{name}")
    return found


def sent(line: Line, operation: str) -> list[dict[str, object]]:
    return [r.body for r in line.telnyx.requests if r.operation == operation and r.executed]


def test_words_need_no_quotes() -> None:
    with rehearsal(**MAY) as line:
        dial(line, ANN), dial(line, BOB)
        settled(line)
        assert run(line, "say", "hello", "there") == (0, "done: speak\n")
        assert run(line, "say", "bonjour\u00a0!", "--to", "0111")[0] == 0
        assert run(line, "say", "five minutes left", "--language", "en-GB")[0] == 0
        spoken = [body["payload"] for body in sent(line, "SpeakTextToConference")]
        assert spoken == ["hello there", "bonjour\u00a0!", "five minutes left"]
        status, output = run(line, "say")
        assert (status, "Missing argument 'PAYLOAD...'" in output) == (2, True)


@pytest.mark.parametrize(
    ("words", "label"),
    [
        (("0111", "Ann"), "Ann"),
        (("0111", "Ann", "Lee"), "Ann Lee"),
        (("0111", "--label", "Ann Lee"), "Ann Lee"),
        ((ANN, "M.\u00a0Dupr\u00e9"), "M.\u00a0Dupr\u00e9"),
        (("0111", "\u5c71\u7530\u3000\u592a\u90ce"), "\u5c71\u7530\u3000\u592a\u90ce"),
        (("0111", "\u0645\u06cc\u200c\u062e"), "\u0645\u06cc\u200c\u062e"),
        (("0111", "\ufeffAnn\u200b"), "Ann"),
    ],
)  # fmt: skip
def test_a_label_needs_no_option(words: tuple[str, ...], label: str) -> None:
    with rehearsal(**MAY) as line:
        dial(line, ANN)
        settled(line)
        assert run(line, "rename", *words) == (0, f'done: rename {words[0]} to "{label}"\n')
        settled(line)
        assert one(line, "0111")["label"] == label
        assert label in run(line, "participants")[1], "and no character becomes a ?"


def test_a_number_of_several_words_names_a_participant() -> None:
    with rehearsal(**MAY) as line:
        a, b = dial(line, ANN), dial(line, BOB)
        settled(line)
        spaced = ("+1", "312", "555", "0111")
        assert run(line, "rename", *spaced, "Ann", "Lee")[0] == 0
        assert (one(line, ANN)["label"], one(line, BOB)["label"]) == ("Ann Lee", "")
        assert 'flask rename "+1 312 555 0111" Ann' in run(line, "rename", *spaced)[1]
        for words, muted in (
            (spaced, [True, False]),
            ((*spaced, "0112"), [False, False]),  # read as one number, of nobody
            (("0112", *spaced), [True, True]),
            ((*spaced, "+1", "(312)", "5550112"), [True, True]),
            ((BOB, "0111"), [True, True]),
            (("0111,0112",), [True, True]),
            (("0111,", "0112"), [True, True]),
            (("0112,",), [False, True]),
            (("Ann Lee",), [True, False]),
        ):
            assert run(line, "mute", *words)[0] == (0 if any(muted) else 1), words
            settled(line)
            assert [a.muted, b.muted] == muted, words
            run(line, "unmute-all")
            settled(line)


def test_words_that_only_look_like_a_number_are_participants() -> None:
    with rehearsal(**MAY) as line:
        legs = [dial(line, f"+1312555{last}") for last in ("0011", "2222", "3333")]
        settled(line)
        assert run(line, "mute", "0011", "2222", "3333") == (0, "done: mute 0011, 2222, 3333\n")
        settled(line)
        assert all(leg.muted for leg in legs)


def test_a_recording_is_of_those_who_are_named() -> None:
    with rehearsal(**MAY) as line:
        dial(line, ANN), dial(line, BOB)
        settled(line)
        assert run(line, "record", "start", "0111") == (0, "done: record-start 0111\n")
        settled(line)
        assert [one(line, each)["recording"] for each in (ANN, BOB)] == [True, False]
        assert run(line, "record", "start", "0112", "--to", "0112")[0] == 0
        assert run(line, "record", "stop", "0111", "--to", "0112")[0] == 0
        settled(line)
        assert [one(line, each)["recording"] for each in (ANN, BOB)] == [False, False]
        assert run(line, "stop", "0112") == (0, "done: stop 0112\n")
        assert run(line, "send-dtmf", "12", "0112") == (0, "done: send-dtmf 0112\n")
        assert run(line, "record", "start", "nobody")[0] == 1


SOUND = "https://example.com/x.mp3"


def test_a_sound_needs_no_option() -> None:
    with rehearsal(**MAY) as line:
        a, b = (dial(line, each).call_control_id for each in (ANN, BOB))
        settled(line)
        assert run(line, "play", SOUND) == (0, "done: play\n")
        assert run(line, "play", SOUND, "0111") == (0, "done: play 0111\n")
        assert run(line, "play", "0111", "--audio-url", SOUND) == (0, "done: play 0111\n")
        played = sent(line, "PlayConferenceAudio")
        assert [body["audio_url"] for body in played] == [SOUND] * 3
        heard = [body["call_control_ids"] for body in played]
        assert [sorted(each) for each in heard] == [sorted([a, b]), [a], [a]]
        assert run(line, "hold", "0111", SOUND)[0] == 0
        held = sent(line, "HoldConferenceParticipants")
        assert SOUND in [body["audio_url"] for body in held if body["call_control_ids"] == [a]]
        assert "audio_url is required" in run(line, "play", "0111")[1]
        assert "no participant https" in run(line, "play", SOUND, f"{SOUND}2")[1]


def test_a_label_without_quotes_after_a_number_is_answered_with_what_to_type() -> None:
    with rehearsal(**MAY) as line:
        for words in (
            (BOB, "Zoe"),
            ("+1", "312", "555", "0112", "Zoe"),
            (BOB, "--label", "A", "B"),
        ):
            status, output = run(line, "dial", *words)
            assert (status, f"{words[-1]} is no part of a number: put" in output) == (2, True)
        assert "must be a number in E.164" in run(line, "dial", "Zoe")[1]
        assert sent(line, "DialCall") == []


def test_an_address_without_a_scheme_names_both_its_sources() -> None:
    with rehearsal(**MAY) as line:
        runner = line.app.test_cli_runner()
        done = runner.invoke(args=["participants"], env={"CONFERENCE_URL": "127.0.0.1:5000"})
        assert (done.exit_code, "--url, or CONFERENCE_URL: must begin" in done.output) == (2, True)


def test_several_are_renamed_with_the_option_alone() -> None:
    with rehearsal(**MAY) as line:
        dial(line, ANN), dial(line, BOB)
        settled(line)
        assert run(line, "rename", "0111", "0112", "--label", "Team")[0] == 0
        assert run(line, "rename", "0111", "--label", "")[0] == 0
        settled(line)
        assert [one(line, each)["label"] for each in ("0111", "0112")] == ["", "Team"]
        status, output = run(line, "rename", "0111")
        assert (status, 'flask rename "0111" Ann' in output) == (2, True)


def test_a_role_follows_its_participants_or_its_option() -> None:
    with rehearsal(**MAY) as line:
        dial(line, ANN), dial(line, BOB)
        settled(line)
        for words, role in [
            (("0111", "0112", "listener"), "listener"),
            (("+1", "312", "555", "0111", BOB, "Moderator"), "moderator"),
            (("0111", "0112", "--role", "participant"), "participant"),
        ]:
            assert run(line, "role", *words)[0] == 0, words
            assert [one(line, each)["role"] for each in ("0111", "0112")] == [role, role]
        status, output = run(line, "role", "0111")
        assert (status, 'The role is missing: flask role "0111" moderator.' in output) == (2, True)
        assert (
            "must be one of moderator, participant, listener" in run(line, "role", "0111", "x")[1]
        )


def test_the_list_shows_why_somebody_is_muted_and_that_newcomers_are() -> None:
    with rehearsal(**MAY) as line:
        dial(line, ANN), dial(line, BOB)
        settled(line)
        run(line, "mute", "0111")
        assert run(line, "mute-all", "--newcomers") == (0, "done: mute-all\n")
        assert run(line, "hold-all", "--newcomers", "no") == (0, "done: hold-all\n")
        first, *_, head, ann, bob = run(line, "participants")[1].splitlines()
        assert first.endswith(", newcomers muted")
        muted = [row[head.index("muted") :].split()[0] for row in (ann, bob)]
        assert muted == ["moderator", "mute-all"]
        run(line, "undo-mute-all")
        run(line, "hold-all", "--newcomers")
        assert run(line, "participants")[1].splitlines()[0].endswith(", newcomers on hold")


@pytest.mark.parametrize(
    ("words", "confirmed"),
    [
        (("--confirm", BOB), True),
        ((BOB, "--confirm"), True),
        (("--confirm", "--label", "Bob", BOB), True),
        ((BOB, "--confirm", "yes"), True),
        (("--confirm=true", BOB), True),
        (("--confirm", "no", BOB), False),
        ((BOB, "--confirm", "0"), False),
    ],
)
def test_a_switch_without_a_word_is_yes(words: tuple[str, ...], confirmed: bool) -> None:
    with rehearsal(**MAY) as line:
        line.telnyx.phone(BOB).when_called()
        assert run(line, "dial", *words) == (0, "done: dial\n")
        phone = line.telnyx.phone(BOB)

        def heard() -> str:
            return " ".join(str(each) for leg in phone.legs for each in leg.timeline)

        until(lambda: ("press 1" if confirmed else "Welcome") in heard(), "it is spoken to")
        assert ("press 1" in heard(), "Welcome" in heard()) == (confirmed, not confirmed)


@pytest.mark.parametrize(
    "words",
    [
        *(("+1", "312", "555", "0112"), ("+1 (312) 555-0112",), ("+1", "(312)", "555-0112")),
        *(("tel:+1-312-555-0112",), ("0013125550112",), ("\u202a+1\u00a0312 555 0112\u202c",)),
    ],
)
def test_a_number_is_typed_as_people_write_it(words: tuple[str, ...]) -> None:
    with rehearsal(**MAY) as line:
        assert run(line, "dial", *words) == (0, "done: dial\n")
        assert [body["to"] for body in sent(line, "DialCall")] == [BOB]


@pytest.mark.parametrize("to", ["13125550112", "3125550112", "(312) 555-0112"])
def test_a_number_without_a_plus_is_answered_with_a_suggestion(to: str) -> None:
    with rehearsal(**MAY) as line:
        status, output = run(line, "dial", to)
        assert (status, f"did you mean {BOB}? Write it with + and" in output) == (1, True)
        status, problem = send(line, f"{ROOM}/participants", {"to": to})
        assert (status, problem["errors"][0]["field"]) == (400, "to")
        assert f"did you mean {BOB}?" in problem["errors"][0]["problem"]
        assert sent(line, "DialCall") == []


def test_an_ambiguous_name_shows_numbers() -> None:
    with rehearsal(**MAY) as line:
        b, other = dial(line, BOB), dial(line, LIKE_BOB)
        settled(line)
        act(line, "rename", BOB, label="Bob")
        status, output = run(line, "mute", "0112")
        shown = f"#1 Bob {BOB} ({b.call_control_id}), #2 {LIKE_BOB} ({other.call_control_id})"
        assert (status, f"0112 may be {shown}: give a member number" in output) == (1, True)
        assert run(line, "mute", BOB) == (0, f"done: mute {BOB}\n")
        status, output = run(line, "mute", "012")
        assert status == 1
        assert "no participant 012: give a member number, a phone number, its last" in output
        status, output = run(line, "mute", "011")
        assert (status, 'do you mean "Bob" (#1) or 0112 (#2)? Else give' in output) == (1, True)


def test_a_stranger_captures_no_label() -> None:
    with rehearsal(**MAY) as line:
        a, named, short = dial(line, ANN), dial(line, "Ann"), dial(line, "0111")
        settled(line)
        act(line, "rename", ANN, label="Ann")
        everyone = (a, named, short)
        for name in ("Ann", "ann", "0111", ANN):
            act(line, "mute", name)
            assert [leg.muted for leg in everyone] == [True, False, False], name
            act(line, "unmute", name)
            assert [leg.muted for leg in everyone] == [False, False, False], name


def test_to_stop_a_recording_where_none_is_under_way_is_answered_plainly() -> None:
    with rehearsal(**MAY) as line:
        dial(line, ANN), dial(line, BOB)
        settled(line)
        act(line, "rename", "0111", label="Ann")
        for verb in ("stop", "pause", "resume"):
            status, output = run(line, "record", verb)
            assert status == 1
            assert output.endswith("no recording of the conference is under way\n"), output
        assert run(line, "record", "start", "--to", "Ann")[0] == 0
        assert run(line, "record", "stop")[1].endswith("Recorded now: the call of Ann\n")
        assert "no recording of this call" in run(line, "record", "stop", "--to", "0112")[1]
        status, problem = send(line, f"{ROOM}/actions/record-stop?wait=1", {})
        assert (status, problem["type"], problem["code"]) == (409, "/problems/not-now", "10005")
        assert run(line, "record", "stop", "--to", "Ann") == (0, "done: record-stop Ann\n")
        assert run(line, "record", "start")[0] == 0
        assert "Recorded now: the conference" in run(line, "record", "stop", "--to", "Ann")[1]
        assert run(line, "record", "stop") == (0, "done: record-stop\n")


def test_to_bring_back_somebody_who_is_inside_is_answered_plainly() -> None:
    with rehearsal(**MAY) as line:
        leg = dial(line, ANN)
        dial(line, BOB)
        settled(line)
        act(line, "rename", "0111", label="Ann")
        status, output = run(line, "join", "Ann")
        call = leg.call_control_id
        assert status == 1
        assert f"Ann is in the conference already: {call} is joined, not parked" in output
        status, output = run(line, "join", "0112")
        assert (status, f"{BOB} is in the conference already" in output) == (1, True)
        act(line, "leave", "Ann")
        status, output = run(line, "leave", "Ann")
        assert (status, "Ann is outside the conference until a join" in output) == (1, True)


def test_a_lock_is_seen() -> None:
    with rehearsal(**MAY) as line:
        dial(line, ANN)
        settled(line)
        assert "locked" not in run(line, "participants")[1]
        assert run(line, "lock") == (0, "done: lock\n")
        first, *_ = run(line, "participants")[1].splitlines()
        assert first.startswith("Conference ID: ") and first.endswith(", locked")
        assert run(line, "unlock") == (0, "done: unlock\n")
        assert "locked" not in run(line, "participants")[1]


def test_a_lock_and_what_newcomers_are_is_seen_before_the_conference_runs() -> None:
    with rehearsal(speed=1, **MAY) as line:
        line.telnyx.phone(ANN).dial()
        until(lambda: "greeting" in run(line, "participants")[1], "the first caller is greeted")
        assert run(line, "lock") == (0, "done: lock\n")
        run(line, "mute-all", "--newcomers"), run(line, "hold-all", "--newcomers")
        first, *_ = run(line, "participants")[1].splitlines()
        none = "No conference is running in room demo-conference"
        assert first == f"{none}, locked, newcomers muted, newcomers on hold"


def test_the_story_of_somebody_who_has_left() -> None:
    with rehearsal(**MAY) as line:
        leg = dial(line, CLEO)
        other = dial(line, ANN)
        settled(line)
        act(line, "rename", "0113", label="Cleo M\u00fcller")
        act(line, "mute", "0113")
        line.telnyx.phone(CLEO).hang_up()
        settled(line)
        for words in (("Cleo M\u00fcller",), ("cleo", "m\u00fcller"), ("CLEO\u00a0MU\u0308LLER",)):
            status, output = run(line, "story", *words)
            assert status == 0, words
            head = f"Cleo M\u00fcller ...0113 {leg.call_control_id}, room demo-conference\n"
            assert output.startswith(head)
            assert (
                "new -[call.initiated]> ringing" in output and "a moderator requests mute" in output
            )
            assert other.call_control_id not in output
        assert run(line, "story", "+1 312 555 0113")[1] == output
        labels = {
            e["label"]
            for e in ask(line, "/api/events")["events"]
            if leg.call_control_id in e["calls"]
        }
        assert labels == {"", "Cleo M\u00fcller"}
        assert run(line, "story", "Zoe") == (1, "no event of a call or room Zoe is kept\n")
