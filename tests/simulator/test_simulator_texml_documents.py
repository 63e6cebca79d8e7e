"""TeXML documents: the fetch, good documents, and the problems of bad ones."""

from __future__ import annotations

import pytest
from rigs.simulator_texml import NUMBER, TexmlScene, all_heard, dial, is_signed
from rigs.waiting import until

from conference.simulator.texml.conference_noun import ATTRIBUTES, Noun
from conference.simulator.texml.document import (
    Dial,
    Gather,
    Hangup,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    instructions,
)
from conference.simulator.texml.element import BadDocument

A = "http://127.0.0.1/a"
SAY = "<Response><Say>Hello.</Say></Response>"


# The noun: Telnyx's table of attributes

DEFAULTS = {
    "muted": False,
    "start_conference_on_enter": True,
    "end_conference_on_exit": False,
    "max_participants": 250,
    "beep": "true",
    "record": "do-not-record",
    "record_beep": True,
    "recording_status_callback": "",
    "recording_status_callback_event": ("completed",),
    "recording_status_callback_method": "POST",
    "recording_timeout": 0,
    "trim": "do-not-trim",
    "status_callback": "",
    "status_callback_method": "POST",
    "status_callback_event": (),
    "wait_url": "",
    "wait_method": "POST",
    "participant_label": None,
    "send_recording_url": True,
}

GOOD = [
    ("muted", "true", True),
    ("muted", "false", False),
    ("startConferenceOnEnter", "false", False),
    ("endConferenceOnExit", "true", True),
    ("maxParticipants", "2", 2),
    ("maxParticipants", "250", 250),
    ("beep", "true", "true"),
    ("beep", "false", "false"),
    ("beep", "onEnter", "onEnter"),
    ("beep", "onExit", "onExit"),
    ("record", "record-from-start", "record-from-start"),
    ("record", "do-not-record", "do-not-record"),
    ("recordBeep", "false", False),
    ("recordingStatusCallback", A, A),
    ("recordingStatusCallbackEvent", "in-progress", ("in-progress",)),
    (
        "recordingStatusCallbackEvent",
        "in-progress completed absent",
        ("in-progress", "completed", "absent"),
    ),
    ("recordingStatusCallbackMethod", "GET", "GET"),
    ("recordingTimeout", "0", 0),
    ("recordingTimeout", "14400", 14400),
    ("trim", "trim-silence", "trim-silence"),
    ("statusCallback", "https://example.com:8443/texml?room=a&b=c", None),
    ("statusCallbackMethod", "POST", "POST"),
    ("statusCallbackEvent", "speaker", ("speaker",)),
    (
        "statusCallbackEvent",
        "start end join leave speaker",
        ("start", "end", "join", "leave", "speaker"),
    ),
    ("waitUrl", A, A),
    ("waitMethod", "GET", "GET"),
    ("participantLabel", "the guest", "the guest"),
    ("sendRecordingUrl", "false", False),
]

BAD = [
    ("muted", "yes", "one of true, false"),
    ("muted", "True", "one of true, false"),
    ("startConferenceOnEnter", "", "one of true, false"),
    ("endConferenceOnExit", "1", "one of true, false"),
    ("maxParticipants", "1", "a whole number from 2 to 250"),
    ("maxParticipants", "251", "a whole number from 2 to 250"),
    ("maxParticipants", "many", "a whole number from 2 to 250"),
    ("maxParticipants", "+9", "a whole number from 2 to 250"),
    ("beep", "always", "one of true, false, onEnter, onExit"),
    ("record", "true", "one of do-not-record, record-from-start"),
    ("recordBeep", "onEnter", "one of true, false"),
    ("recordingStatusCallback", "/recorded", "an http or https address"),
    ("recordingStatusCallbackEvent", "failed", "some of in-progress, completed, absent"),
    ("recordingStatusCallbackMethod", "post", "one of GET, POST"),
    ("recordingTimeout", "-1", "a whole number from 0 to 14400"),
    ("recordingTimeout", "14401", "a whole number from 0 to 14400"),
    ("recordingTimeout", "5.5", "a whole number from 0 to 14400"),
    ("trim", "true", "one of trim-silence, do-not-trim"),
    ("statusCallback", "ftp://example.com", "an http or https address"),
    ("statusCallback", "http://", "an http or https address"),
    ("statusCallback", "http://a b", "an http or https address"),
    ("statusCallbackMethod", "PUT", "one of GET, POST"),
    ("statusCallbackEvent", "start,end", "some of start, end, join, leave, speaker"),
    ("statusCallbackEvent", "join  leave", "some of start, end, join, leave, speaker"),
    ("statusCallbackEvent", "join join", "some of start, end, join, leave, speaker"),
    ("statusCallbackEvent", "", "some of start, end, join, leave, speaker"),
    ("waitUrl", "hold.wav", "an http or https address"),
    ("waitMethod", "any", "one of GET, POST"),
    ("participantLabel", "", "a text"),
    ("sendRecordingUrl", "no", "one of true, false"),
    ("label", "a", "it has no attribute label"),
    ("Muted", "true", "it has no attribute Muted"),
]


def noun(document: str) -> Noun:
    (step,) = instructions(document.encode())
    assert isinstance(step, Dial)
    return step.noun


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def test_the_table_is_telnyxs() -> None:
    assert {snake(name) for name in ATTRIBUTES} == set(DEFAULTS)
    assert {name for name, _, _ in GOOD} == {name for name, _, _ in BAD} & set(ATTRIBUTES)


def test_the_defaults() -> None:
    assert noun(dial("a")) == Noun("a", **DEFAULTS)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_a_good_attribute(name: str, text: str, value: object) -> None:
    read = noun(dial("a", **{name: text}))
    wanted = text if value is None else value
    assert read == Noun("a", **DEFAULTS | {snake(name): wanted})  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "text", "allowed"), BAD)
def test_a_bad_attribute(name: str, text: str, allowed: str) -> None:
    with pytest.raises(BadDocument, match=f"line 1: <Conference>: .*{allowed}"):
        noun(dial("a", **{name: text}))


@pytest.mark.parametrize("name", ["a & b", "<b>", '"quoted"', "Žofie 2", "it's"])
def test_a_name_may_contain_anything(name: str) -> None:
    assert noun(f'<?xml version="1.0" encoding="UTF-8"?>{dial(name)}').name == name


def test_white_space_around_a_name_is_ignored() -> None:
    text = "<Response><Dial>\n <Conference>\n  Room 1\n </Conference>\n</Dial></Response>"
    assert noun(text).name == "Room 1"


# Documents


def test_the_instructions_in_their_order() -> None:
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
    <!-- all that is known -->
    <Response>
        <Say voice="alice" language="en-GB">Good <![CDATA[day & ]]>
            night.</Say>
        <Say loop="0">For ever.</Say>
        <Play loop="2">{A}</Play>
        <Play>{A}</Play>
        <Pause/><Pause length="180"></Pause>
        <Gather action="{A}" timeout="9" numDigits="4" finishOnKey="#*" input="dtmf">
            <Say>Press.</Say><Play>{A}</Play>
        </Gather>
        <Gather/>
        <Dial action="{A}" method="GET" timeLimit="60"><Conference>a</Conference></Dial>
        <Redirect method="GET">{A}</Redirect>
        <Hangup/><Reject/><Reject reason="busy"/>
    </Response>"""
    assert instructions(text.encode()) == (
        Say("Good day & night."),
        Say("For ever.", float("inf")),
        Play(A, 2),
        Play(A),
        Pause(1),
        Pause(180),
        Gather((Say("Press."), Play(A)), A, timeout=9, num_digits=4, finish_on_key="#*"),
        Gather(),
        Dial(Noun("a"), A, "GET", 60),
        Redirect(A, "GET"),
        Hangup(),
        Reject(),
        Reject("busy"),
    )


ENTITIES = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SAY
OUTSIDE = (
    '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><Response><Say>&a;</Say></Response>'
)
CONFERENCE = "<Conference>a</Conference>"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "it is not XML: no element found"),
        ("hello", "it is not XML: syntax error"),
        ("<Response><Say>a</Response>", "it is not XML: mismatched tag"),
        ("<Response/><Response/>", "it is not XML: junk after document element"),
        ('<Response><Say loop="1" loop="2">a</Say></Response>', "it is not XML: duplicate"),
        ("<Response><Say>a &nbsp; b</Say></Response>", "it is not XML: undefined entity"),
        ('<?xml version="1.0" encoding="klingon"?><Response/>', "it is not XML: unknown encoding"),
        (ENTITIES, "line 1: it has a document type"),
        (OUTSIDE, "line 1: it has a document type"),
        ("<!DOCTYPE html><html/>", "line 1: it has a document type"),
        (f"<Response><Say>{'a' * 65536}</Say></Response>", "it has more than 65536 bytes"),
        ("<response/>", "line 1: the root is not <Response>"),
        ('<Response version="1"/>', "<Response> has no attributes"),
        ("<Response>hello</Response>", "<Response> has text of its own"),
        ("<Response>\n<Record/></Response>", "line 2: <Record> is not one of Say, Play, Pause"),
        ("<Response><Gather>1</Gather></Response>", "<Gather> has text of its own"),
        ("<Response><Gather><Pause/></Gather></Response>", "<Pause> is not one of Say, Play"),
        ('<Response><Gather timeout="0"/></Response>', 'timeout="0" must be a whole number from 1'),
        ('<Response><Gather method="POST"/></Response>', "<Gather>: it has no attribute method"),
        ('<Response><Gather input="speech"/></Response>', 'input="speech" must be one of dtmf'),
        ('<Response><Gather finishOnKey="a"/></Response>', "must be keys of a telephone"),
        ('<Response><Gather action="/a"/></Response>', "must be an http or https address"),
        ("<Response><say>a</say></Response>", "<say> is not one of"),
        ("<Response><Say/></Response>", "<Say> is empty"),
        ("<Response><Say>a<Pause/></Say></Response>", "<Say> holds <Pause>"),
        ('<Response><Say loop="11">a</Say></Response>', 'loop="11" must be a whole number from 0'),
        ('<Response><Say speed="2">a</Say></Response>', "<Say>: it has no attribute speed"),
        ("<Response><Play>a.wav</Play></Response>", "<Play> must hold an http or https address"),
        ("<Response><Play/></Response>", "<Play> is empty"),
        ('<Response><Pause length="181"/></Response>', "must be a whole number from 1 to 180"),
        ("<Response><Pause>5</Pause></Response>", "<Pause> has text"),
        ("<Response><Redirect/></Response>", "<Redirect> is empty"),
        ('<Response><Hangup reason="busy"/></Response>', "<Hangup>: it has no attribute reason"),
        ('<Response><Reject reason="away"/></Response>', "must be one of rejected, busy"),
        ("<Response><Dial>+13125550111</Dial></Response>", "does not hold one <Conference>"),
        ("<Response><Dial/></Response>", "does not hold one <Conference>"),
        ("<Response><Dial><Number>1</Number></Dial></Response>", "does not hold one <Conference>"),
        (f"<Response><Dial>{CONFERENCE * 2}</Dial></Response>", "does not hold one <Conference>"),
        (f"<Response><Dial>a{CONFERENCE}</Dial></Response>", "<Dial> has text of its own"),
        (f'<Response><Dial timeLimit="59">{CONFERENCE}</Dial></Response>', "from 60 to 14400"),
        (f'<Response><Dial record="x">{CONFERENCE}</Dial></Response>', "has no attribute record"),
        ("<Response><Dial><Conference> </Conference></Dial></Response>", "<Conference> is empty"),
        ("<Response><Dial><Conference>a<b/></Conference></Dial></Response>", "holds <b>"),
        (f"<Response>{CONFERENCE}</Response>", "<Conference> is not one of"),
    ],
)  # fmt: skip
def test_a_bad_document(text: str, wrong: str) -> None:
    with pytest.raises(BadDocument) as error:
        instructions(text.encode())
    assert wrong in str(error.value)


@pytest.mark.parametrize("verb", ["Hangup", "Reject", "Dial"])
def test_a_waiting_document_may_speak_and_play(verb: str) -> None:
    with pytest.raises(BadDocument, match=f"<{verb}> is not one of Say, Play, Pause, Redirect"):
        instructions(
            f"<Response><{verb}/></Response>".encode(), only=("Say", "Play", "Pause", "Redirect")
        )


# The fetch


def test_a_document_is_fetched_by_a_signed_form(texml: TexmlScene) -> None:
    leg = texml.calls(11, SAY)
    (received,) = texml.app.of("/texml")
    assert received.form == {
        "AccountSid": texml.telnyx.texml.account_sid,
        "CallSid": leg.call_control_id,
        "CallerId": "+13125550111",
        "From": "+13125550111",
        "To": NUMBER,
        "ConnectionId": texml.telnyx.texml.connection_id,
    }
    assert leg.call_control_id.startswith("v2:")
    assert received.method == "POST"
    assert received.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert is_signed(received)
    (fetch,) = texml.telnyx.texml.fetches
    assert (fetch.url, fetch.method, fetch.status) == (f"{texml.app.url}/texml", "POST", 200)
    assert (fetch.call_sid, fetch.problem) == (leg.call_control_id, "")


def test_fetches_may_be_unsigned(texml: TexmlScene) -> None:
    texml.telnyx.texml.signs_fetches = False
    texml.calls(11, SAY)
    (received,) = texml.app.of("/texml")
    assert "Telnyx-Signature-Ed25519" not in received.headers
    assert "Telnyx-Timestamp" not in received.headers


def test_with_get_the_fields_are_in_the_query_outside_the_signature(texml: TexmlScene) -> None:
    texml.telnyx.texml.application["voice_method"] = "get"
    texml.telnyx.texml.url += "?room=a"
    leg = texml.calls(11, SAY)
    (received,) = texml.app.of("/texml")
    assert (received.method, received.body) == ("GET", b"")
    assert received.form["room"] == "a"
    assert received.form["CallSid"] == leg.call_control_id
    assert is_signed(received)


def test_without_an_address_there_is_no_texml_number(texml: TexmlScene) -> None:
    texml.telnyx.texml.url = ""
    leg = texml.telnyx.phone("+13125550111").dial(to=NUMBER)
    assert leg.call_control_id.startswith("v3:")
    assert leg.connection_id != texml.telnyx.texml.connection_id


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((404, "text/xml", SAY), "the answer was 404, not 200"),
        ((204, "text/xml", ""), "the answer was 204, not 200"),
        ((302, "text/xml", SAY), "the answer was 302, not 200"),
        ((200, "text/html", SAY), "its content type is text/html, not application/xml or text/xml"),
        ((200, "audio/wav", "RIFF"), "its content type is audio/wav, not application/xml or"),
        ((200, "application/xml", "<Response>"), "it is not XML: no element found"),
        ((200, "text/xml; charset=utf-8", "<Response><Away/></Response>"), "<Away> is not one of"),
    ],
)
def test_a_bad_document_is_noted_and_the_caller_hung_up(
    texml: TexmlScene, answer: tuple[int, str, str], problem: str
) -> None:
    texml.app.answers["/texml"] = answer
    leg = texml.telnyx.phone("+13125550111").dial(to=NUMBER)
    assert texml.telnyx.idle(5)
    assert all_heard(leg) == ["ringing", "hung up: call_rejected"]
    (noted,) = texml.telnyx.texml.problems
    assert problem in noted
    assert texml.telnyx.texml.fetches[0].status == answer[0]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/texml", "nowhere", "http://[::1"])
def test_a_missing_answer_is_noted_and_the_caller_hung_up(texml: TexmlScene, url: str) -> None:
    texml.telnyx.texml.url = url
    leg = texml.telnyx.phone("+13125550111").dial(to=NUMBER)
    until(lambda: leg.state == "ended")
    (fetch,) = texml.telnyx.texml.fetches
    assert (fetch.status, fetch.problem) == (None, "there was no answer")


def test_a_caller_who_does_not_wait_for_the_document(texml: TexmlScene) -> None:
    texml.app.serve("/slow", dial())
    texml.telnyx.texml.url = f"{texml.app.url}/slow"
    leg = texml.telnyx.phone("+13125550111").dial(to=NUMBER)
    until(lambda: texml.app.of("/slow"))
    texml.telnyx.phone(leg.number).hang_up()
    texml.app.release.set()
    assert texml.telnyx.idle(5)
    assert all_heard(leg) == ["ringing", "hung up: originator_cancel"]
    assert texml.telnyx.conferences == []


# Instructions outside of a conference


def test_verbs_are_carried_out_one_after_the_other(texml: TexmlScene) -> None:
    play = f'<Say loop="2">Hello.</Say><Pause length="2"/><Play>{A}</Play><Say>Bye.</Say>'
    leg = texml.calls(11, f"<Response>{play}</Response>")
    until(lambda: leg.state == "ended")
    assert all_heard(leg) == [
        "ringing",
        "silence",
        "speech: Hello.",
        "silence",
        f"playback: {A}",
        "silence",
        "speech: Bye.",
        "silence",
        "hung up: normal_clearing",
    ]
    at = [heard.at for heard in leg.timeline]
    assert at[3] - at[2] >= 2 * (6 / 15 + 0.5)
    assert at[4] - at[3] >= 2


@pytest.mark.parametrize(
    ("verb", "cause"),
    [
        ("<Reject/>", "call_rejected"),
        ('<Reject reason="busy"/>', "user_busy"),
        ("<Hangup/>", "normal_clearing"),
    ],
)
def test_how_a_call_ends(texml: TexmlScene, verb: str, cause: str) -> None:
    leg = texml.calls(11, f"<Response>{verb}<Say>Never heard.</Say></Response>")
    until(lambda: leg.state == "ended")
    assert leg.hangup_cause == cause
    assert (leg.answered_at is None) == ("Reject" in verb)
    assert not any(heard.what == "speech" for heard in leg.timeline)


def test_a_rejection_after_other_verbs_is_a_hangup(texml: TexmlScene) -> None:
    leg = texml.calls(11, "<Response><Say>No.</Say><Reject/></Response>")
    until(lambda: leg.state == "ended")
    assert leg.hangup_cause == "normal_clearing"


def test_an_empty_document_ends_the_call(texml: TexmlScene) -> None:
    leg = texml.calls(11, "<Response/>")
    assert all_heard(leg) == ["ringing", "hung up: call_rejected"]
    assert texml.telnyx.texml.problems == []


def test_a_redirect_goes_on_with_another_document(texml: TexmlScene) -> None:
    url = texml.app.serve("/next", SAY)
    away = f'<Redirect method="GET">{url}</Redirect><Say>Never heard.</Say>'
    leg = texml.calls(11, f"<Response><Say>First.</Say>{away}</Response>")
    until(lambda: leg.state == "ended")
    assert [heard.detail for heard in leg.timeline if heard.what == "speech"] == [
        "First.",
        "Hello.",
    ]
    (received,) = texml.app.of("/next")
    assert received.method == "GET"
    assert received.form["CallSid"] == leg.call_control_id


def test_the_application_gets_no_webhooks_of_these_calls(texml: TexmlScene) -> None:
    leg = texml.joins(11)
    texml.hangs_up(leg)
    assert texml.telnyx.webhooks == []
