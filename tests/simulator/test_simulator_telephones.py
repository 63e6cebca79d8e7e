"""The telephones' page: what its requests do, what they show, and who may make them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rigs.phones_page import PhonesPage
from rigs.simulator import SIGNING_KEY, Receiver, Scene
from rigs.simulator_texml import TexmlScene
from rigs.waiting import until

import conference.simulator.telephones
from conference.simulator import Chaos, SimulatedTelnyx
from conference.simulator.api.description import OPERATIONS
from conference.simulator.faults.chaos import FAULTS
from conference.simulator.network.traffic import Row
from conference.simulator.telephones import explained
from conference.simulator.telephones.app import AT_ONCE
from conference.simulator.telephones.bench import MOST
from conference.simulator.telephones.showing import line, pretty

ANN, BOB, CLEO = "+13125550111", "+13125550112", "+13125550113"
FILES = Path(conference.simulator.telephones.__file__).with_name("static")
WEBHOOKS = Path(__file__).parents[1] / "webhooks"


@pytest.fixture
def page(telnyx: SimulatedTelnyx) -> Iterator[PhonesPage]:
    for name, number in (("Ann", ANN), ("Bob", BOB), ("Cleo", CLEO)):
        telnyx.telephones.add(name, number)
    yield PhonesPage(telnyx)


def hears(page: PhonesPage, number: str) -> tuple[str, list[str]]:
    row = page.phone(number)
    return row["hears"], row["notes"]


# What the owner of a telephone does


def test_a_telephone_dials_and_hangs_up(page: PhonesPage, scene: Scene) -> None:
    answer = page.act(ANN, "dial")
    (leg,) = scene.telnyx.phone(ANN).legs
    assert (leg.to, leg.state) == (scene.telnyx.number, "ringing")
    assert page.phone(ANN)["call"] == answer["call"] == leg.call_control_id[-8:]
    assert page.post(f"telephones/{ANN}/dial") == (400, {"error": "Ann is in a call."})
    page.act(ANN, "hang-up")
    assert leg.hangup_cause == "originator_cancel"


def test_a_telephone_dials_another_number_of_the_line(page: PhonesPage, scene: Scene) -> None:
    scene.telnyx.telephones.dials = scene.telnyx.texml.number
    page.act(ANN, "dial")
    assert scene.telnyx.phone(ANN).legs[0].to == "+12025550100"


def test_a_telephone_answers_or_refuses_a_call(page: PhonesPage, scene: Scene) -> None:
    scene.api.dial(ANN)
    scene.api.dial(BOB)
    assert page.phone(ANN)["state"] == "rings"
    assert hears(page, ANN) == ("Ringing: the line calls.", [])
    page.act(ANN, "answer")
    page.act(BOB, "hang-up")
    assert scene.telnyx.phone(ANN).legs[0].state == "answered"
    assert hears(page, BOB) == ("You have refused the call.", [])


@pytest.mark.parametrize(
    ("how", "state", "cause"),
    [
        ("rings", "ringing", ""),
        ("answers", "answered", ""),
        ("busy", "ended", "user_busy"),
        ("refuses", "ended", "call_rejected"),
    ],
)
def test_a_telephone_does_with_a_call_what_its_owner_wants(
    page: PhonesPage, scene: Scene, how: str, state: str, cause: str
) -> None:
    page.act(ANN, "when-called", how=how)
    assert page.phone(ANN)["when_called"] == how
    scene.api.dial(ANN)
    (leg,) = scene.telnyx.phone(ANN).legs
    until(lambda: leg.state == state)
    assert leg.hangup_cause == cause


def test_keys_and_speech_reach_the_application(page: PhonesPage, scene: Scene) -> None:
    scene.room(11, 12)
    until(lambda: len(scene.receiver.of("conference.floor.changed")) == 2)
    page.act(ANN, "press", keys="5")
    page.act(BOB, "speak", on=True)
    assert page.phone(BOB)["speaking"] is True
    page.act(BOB, "speak", on=False)
    page.act(ANN, "speak", on=True)
    assert scene.telnyx.idle(5)
    assert scene.receiver.of("call.dtmf.received")[0].payload["digit"] == "5"
    speakers = [each.payload for each in scene.receiver.of("conference.floor.changed")[2:]]
    ann = scene.telnyx.phone(ANN).legs[0].call_control_id
    assert [each["call_control_id"] for each in speakers] == [ann], "Bob had the floor already"


def test_telephones_come_and_go(page: PhonesPage, scene: Scene) -> None:
    assert page.post("telephones", {"name": "Zoe", "number": " +13125550142 "})[0] == 201
    assert page.post("telephones") == (201, {"number": "+13125550161"})
    there = [(row["name"], row["number"]) for row in page.get("state")["phones"]][3:]
    assert there == [("Zoe", "+13125550142"), ("Uma", "+13125550161")]
    leg = scene.answered(11)
    page.act(ANN, "remove")
    assert leg.state == "ended"
    assert ANN not in {row["number"] for row in page.get("state")["phones"]}
    scene.api.dial(ANN)
    until(lambda: scene.telnyx.legs[-1].hangup_cause == "not_found")


@pytest.mark.parametrize(
    "body",
    [
        {"number": "3125550142"},
        {"number": ANN},
        {"number": "+13125550100"},
        {"name": "x" * 41},
        {"name": "Ann\u202egnat"},
        {"name": 5},
        [],
        b"not json",
        b"[" * 9000,
    ],
)
def test_an_unusable_telephone_is_refused(page: PhonesPage, body: Any) -> None:
    raw = body if isinstance(body, bytes) else body or b"[]"
    status, answer = page.post("telephones", raw)
    assert status == 400
    assert answer["error"].endswith(".")
    assert len(page.get("state")["phones"]) == 3


def test_the_bench_is_bounded(page: PhonesPage, telnyx: SimulatedTelnyx) -> None:
    for _ in range(MOST - 3):
        telnyx.telephones.add()
    assert page.post("telephones")[0] == 400


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("telephones/+13125550199/dial", {}, 404),
        (f"telephones/{ANN}/explode", {}, 404),
        (f"telephones/{ANN}/press", {"keys": "x"}, 400),
        (f"telephones/{ANN}/press", {"keys": 5}, 400),
        (f"telephones/{ANN}/when-called", {"how": "flies"}, 400),
        ("chaos", {"on": "yes"}, 400),
        ("chaos", {"on": True, "fire": 1}, 400),
        ("chaos", {"on": True, "lose": 2}, 400),
        ("chaos", {"on": True, "lose": "1"}, 400),
        ("outage", {}, 400),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(
    page: PhonesPage, telnyx: SimulatedTelnyx, path: str, body: object, status: int
) -> None:
    got, answer = page.post(path, body)
    assert (got, list(answer)) == (status, ["error"])
    assert telnyx.chaos is None


# What the owner hears


def test_the_owner_hears_a_call_from_ringing_to_its_end(page: PhonesPage, scene: Scene) -> None:
    assert hears(page, ANN) == ("No call.", [])
    leg = scene.ringing(11)
    assert hears(page, ANN) == ("It rings at the other end.", [])
    scene.api.call(leg, "answer")
    until(lambda: leg.state == "answered")
    waits = "Silence: Telnyx waits for what the app wants next."
    assert hears(page, ANN) == (waits, [])
    scene.api.call(leg, "speak", payload="Hello " * 50, voice="female", language="en-GB")
    assert hears(page, ANN)[0].startswith("“Hello Hello")
    scene.api.call(leg, "hangup")
    assert hears(page, ANN) == ("The line has hung up.", [])
    assert page.phone(ANN)["state"] == "idle"


def test_the_owner_hears_music_alone_and_on_hold(page: PhonesPage, scene: Scene) -> None:
    id, (ann,) = scene.room(11)
    assert hears(page, ANN) == ("Silence: nobody else is here.", [])
    music = {"call_control_ids": [ann.call_control_id], "audio_url": "https://example.com/a.wav"}
    scene.api.room(id, "hold", **music)
    held = ["You are on hold: nobody hears you."]
    assert hears(page, ANN) == ("Music: nobody else is here.", held)
    assert scene.api.join(id, scene.answered(12)).status == 200
    assert hears(page, ANN) == ("Music, while you are on hold.", held)
    assert hears(page, BOB) == ("Silence: nobody here can be heard.", [])


def test_the_owner_hears_who_talks(page: PhonesPage, scene: Scene) -> None:
    id, (ann, _, _) = scene.room(11, 12, 13)
    assert hears(page, BOB) == ("You can hear Ann and Cleo. Nobody else is talking.", [])
    page.act(ANN, "speak", on=True)
    page.act(CLEO, "speak", on=True)
    assert hears(page, BOB) == ("Ann and Cleo are talking.", [])
    assert hears(page, ANN) == ("Cleo is talking.", ["You are talking."])
    assert page.phone(BOB)["sound"] == "voices"
    scene.api.room(id, "mute", call_control_ids=[ann.call_control_id])
    assert hears(page, ANN) == ("Cleo is talking.", ["You are muted: nobody hears you."])
    assert hears(page, BOB) == ("Cleo is talking.", [])


# What passes between the application and Telnyx


def test_the_rows_are_plain_words_and_name_their_causes(page: PhonesPage, scene: Scene) -> None:
    scene.room(11)
    state = page.get("state?since=0")
    rows = [(row["n"], row["kind"], row["words"], row["type"]) for row in state["rows"]]
    assert rows == [
        (1, "phone", "Ann dials the line", ""),
        (2, "webhook", "The call of Ann has begun", "call.initiated"),
        (3, "command", "Answer Ann", "POST answer"),
        (4, "webhook", "The call of Ann is connected", "call.answered"),
        (5, "command", "Create the conference with Ann in it", "POST conferences"),
        (6, "webhook", "Ann has the floor", "conference.floor.changed"),
        (7, "webhook", "The conference is open", "conference.created"),
        (8, "webhook", "Ann is in the conference", "conference.participant.joined"),
    ]
    assert [row["causes"] for row in state["rows"]] == [[], [1], [], [3], [], [5], [5], [5]]
    assert {row["result"] for row in state["rows"]} == {"", "200"}
    assert page.get(f"state?since={state['version']}")["rows"] == []
    page.act(ANN, "press", keys="1")
    new = page.get(f"state?since={state['version']}")["rows"]
    assert [row["words"] for row in new] == ["Ann presses 1", "Ann has pressed a key"]


def test_many_rows_come_in_several_answers(page: PhonesPage, scene: Scene) -> None:
    for _ in range(3 * AT_ONCE):
        scene.telnyx.send("call.cost", {})
    assert scene.telnyx.idle(5)
    found, version, answers = set[int](), 0, 0
    while (state := page.get(f"state?since={version}"))["rows"]:
        assert len(state["rows"]) <= AT_ONCE
        found |= {row["n"] for row in state["rows"]}
        version, answers = state["version"], answers + 1
        assert state["more"] == (answers < 3)
    assert (len(found), answers) == (3 * AT_ONCE, 3)


def test_a_row_opens_to_its_whole_body(page: PhonesPage, scene: Scene) -> None:
    leg = scene.ringing(11)
    scene.api.call(leg, "answer", client_state="bm8=")
    assert scene.telnyx.idle(5)
    answer = page.get("rows/3")
    assert answer["purpose"] == "Takes an incoming call. Until then the caller hears it ring."
    request, response = answer["parts"]
    assert request["title"] == f"Request: POST /calls/{leg.call_control_id}/actions/answer"
    assert request["body"] == '{\n  "client_state": "bm8="\n}'
    assert response["title"] == "Answer: 200"
    assert '"result": "ok"' in response["body"]
    webhook = page.get("rows/2")["parts"][0]
    assert f'"call_control_id": "{leg.call_control_id}"' in webhook["body"]
    assert page.get("rows/1")["parts"] == []
    assert page.get("rows/999")["error"] == "This is too long ago: its body is not kept."


def test_no_row_shows_the_key_of_the_api(page: PhonesPage, scene: Scene) -> None:
    scene.api.call(scene.ringing(11), "answer")
    shown = [page.get("state"), *(page.get(f"rows/{n}") for n in (1, 2, 3))]
    assert "KEY_simulated" not in str(shown)


def test_a_document_and_callbacks_open_to_their_fields(
    telnyx: SimulatedTelnyx, texml: TexmlScene
) -> None:
    telnyx.telephones.dials = telnyx.texml.number
    telnyx.telephones.add("Ann", ANN)
    page = PhonesPage(telnyx)
    texml.joins(11, statusCallback=texml.status_url, statusCallbackEvent="start join")
    rows = page.get("state")["rows"]
    assert [(row["words"], row["type"]) for row in rows] == [
        ("Ann dials the line", ""),
        ("Fetch a document for Ann", "/texml"),
        ("The conference has started", "conference-start"),
        ("Ann is in the conference", "participant-join"),
    ]
    request, answer = page.get("rows/2")["parts"]
    assert f"From: {ANN}\n" in request["body"]
    assert answer["body"].startswith("<Response>")
    steps = [step["names"] for step in page.get("steps")["steps"]]
    assert all({row["name"] for row in rows} & {*names} for names in steps[:3])


def test_a_fetched_sound_is_called_so() -> None:
    row = Row(1, 0.0, "document", "http://x/hold-music.wav", numbers=("Ann",), status=200)
    assert line(row, str)["words"] == "Fetch a document for Ann"
    row.answer = "(audio/x-wav, 96044 bytes)"
    assert line(row, str)["words"] == "Fetch a sound for Ann"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"a":{"b":"é"}}', '{\n  "a": {\n    "b": "é"\n  }\n}'),
        ("A=1&B=%2B1", "A: 1\nB: +1"),
        ("<?xml version='1.0' encoding='utf-8'?><Response/>", None),
        ("(audio/x-wav, 96044 bytes)", None),
        ("", None),
        ("not json", None),
    ],
)
def test_a_body_is_shown_as_people_read_it(text: str, shown: str | None) -> None:
    assert pretty(text) == (text if shown is None else shown)


def test_the_steps_name_rows_that_a_first_call_has(page: PhonesPage) -> None:
    named = {name for step in page.get("steps")["steps"] for name in step["names"]}
    known = {*explained.WEBHOOKS, *explained.COMMANDS, "dials"}
    assert named <= known
    assert {"call.initiated", "AnswerCall", "conference.participant.joined"} <= named


def test_everything_is_explained() -> None:
    sent = {file.name.removesuffix(".json") for file in WEBHOOKS.glob("*.json")}
    from_others = {"call.bridged", "call.recording.error", "conference.floor.changed.unwrapped"}
    not_ours = {name for name in sent if "machine" in name} | from_others
    assert sent - not_ours == explained.WEBHOOKS.keys()
    assert {each.name for each in OPERATIONS if each.method != "GET"} == explained.COMMANDS.keys()


# Switches


def test_chaos_is_switched_and_its_faults_are_set_at_once(
    page: PhonesPage, telnyx: SimulatedTelnyx
) -> None:
    state = page.get("state")
    assert (state["chaos"], state["outage"]) == (False, False)
    assert state["values"].keys() == {*FAULTS, "seed"}
    nothing = dict.fromkeys(FAULTS, 0)
    page.post("chaos", {**nothing, "on": True, "lose": 0.5, "delay": 2, "seed": 7})
    assert telnyx.chaos == Chaos(lose=0.5, delay=2, seed=7)
    page.post("chaos", {"on": False})
    assert telnyx.chaos is None
    assert page.get("state")["values"]["lose"] == 0.5, "the values stay for the next time"
    telnyx.chaos = Chaos(error=1)
    assert page.get("state")["values"]["error"] == 1


def test_the_same_chaos_again_does_not_start_its_draws_again(
    page: PhonesPage, telnyx: SimulatedTelnyx
) -> None:
    page.post("chaos", {"on": True, "lose": 0.5})
    chosen = telnyx.chaos
    page.post("chaos", {"on": True, "lose": 0.5})
    assert telnyx.chaos is chosen


def test_an_outage_is_switched_and_the_page_lives_on(page: PhonesPage, scene: Scene) -> None:
    assert page.post("outage", {"on": True})[1]["outage"] is True
    assert page.post("outage", {"on": True})[0] == 200
    with pytest.raises(OSError):
        scene.api.get("/conferences")
    scene.api.connection.close()
    assert page.post("outage", {"on": False})[1]["outage"] is False
    assert scene.api.get("/conferences").status == 200


# Who may use the page


def test_the_link_opens_the_page_and_gives_a_cookie(page: PhonesPage) -> None:
    assert page.link.hostname == "127.0.0.1"
    key = page.link.query.removeprefix("key=")
    assert len(key) >= 32
    assert page.set_cookie == f"phones_{page.port}={key}; HttpOnly; Path=/phones; SameSite=Strict"
    status, headers, body = page.request("GET", "/phones", {"Cookie": page.cookie})
    assert (status, body) == (200, (FILES / "phones.html").read_bytes())
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


PATHS = [
    "",
    "/phones.js",
    "/phones.css",
    "/state",
    "/steps",
    "/rows/1",
    "/elsewhere",
    "?key=",
    "?key=x",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("cookie", ["", "phones_1=x", "{name}=x", "{name}="])
def test_nothing_is_served_without_the_key(page: PhonesPage, path: str, cookie: str) -> None:
    name = page.cookie.partition("=")[0]
    status, headers, body = page.request(
        "GET", f"/phones{path}", {"Cookie": cookie.format(name=name)}
    )
    assert status == 401
    assert b"flask simulate" in body
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": ""},
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://evil.example"},
        {"X_Phones": None},
        {"X_Phones": "0"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
    ],
)
def test_no_other_page_can_act(
    page: PhonesPage, telnyx: SimulatedTelnyx, headers: dict[str, str | None]
) -> None:
    status, _ = page.post(f"telephones/{ANN}/dial", **headers)
    assert status in (400, 401, 403)
    assert telnyx.legs == []


def test_the_link_alone_cannot_act(page: PhonesPage, telnyx: SimulatedTelnyx) -> None:
    status, _, _ = page.request(
        "POST", f"/phones/telephones/{ANN}/dial?{page.link.query}", {"Content-Length": "0"}
    )
    assert (status, telnyx.legs) == (401, [])


@pytest.mark.parametrize(
    "path", [f"telephones/{ANN}/dial", f"telephones/{ANN}/hang-up", "chaos", "outage", "telephones"]
)
def test_a_get_changes_nothing(page: PhonesPage, telnyx: SimulatedTelnyx, path: str) -> None:
    status, _, _ = page.request("GET", f"/phones/{path}", page.headers)
    assert status in (404, 405)
    assert (telnyx.legs, telnyx.chaos, telnyx.refuses) == ([], None, False)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.example:{port}", "127.0.0.1", ""]
)
def test_another_host_is_refused(page: PhonesPage, host: str) -> None:
    """A page of another site may have led a name of its own to this address."""
    named = host.format(port=page.port)
    status, headers, body = page.request(
        "GET", f"/phones?{page.link.query}", {"Host": named, "Cookie": page.cookie}
    )
    assert (status, body) == (421, b"")
    assert "Set-Cookie" not in headers


def test_localhost_is_this_host(page: PhonesPage) -> None:
    host = {"Host": f"localhost:{page.port}", "Cookie": page.cookie}
    assert page.request("GET", "/phones", host)[0] == 200


def test_a_body_is_bounded(page: PhonesPage, telnyx: SimulatedTelnyx) -> None:
    assert page.post("telephones", b'{"name": "' + b"x" * 20_000 + b'"}')[0] in (400, 413)
    for length in (str(1 << 21), "-1", "x"):
        headers = page.headers | {"Content-Length": length}
        assert page.request("POST", "/phones/telephones", headers)[0] == 413
    assert len(page.get("state")["phones"]) == 3


def test_two_simulators_have_different_keys_and_cookies(
    page: PhonesPage, receiver: Receiver
) -> None:
    with SimulatedTelnyx(receiver.url, SIGNING_KEY) as other:
        theirs = PhonesPage(other)
        assert theirs.cookie != page.cookie
        assert theirs.cookie.partition("=")[0] != page.cookie.partition("=")[0]
        status, _, _ = theirs.request("GET", "/phones", {"Cookie": page.cookie})
        assert status == 401


# The page itself


def test_the_script_is_one_small_module() -> None:
    assert sorted(file.name for file in FILES.iterdir()) == [
        "phones.css",
        "phones.html",
        "phones.js",
    ]
    script = (FILES / "phones.js").read_text(encoding="utf-8")
    assert len(script.encode()) <= 20_000
    assert not re.search(r"\bimport\b|https?:|//cdn", script), "nothing comes from elsewhere"


@pytest.mark.parametrize(
    "forbidden",
    [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        ".style",
    ],
)
def test_the_script_writes_texts_only(forbidden: str) -> None:
    assert forbidden not in (FILES / "phones.js").read_text(encoding="utf-8")


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    html = (FILES / "phones.html").read_text(encoding="utf-8")
    assert re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL) == [""]
    assert not re.search(r"<style|\sstyle=|\son\w+=|https?:|//", html.replace("<!doctype", ""))
    css = (FILES / "phones.css").read_text(encoding="utf-8")
    assert "light-dark(" in css and "prefers-reduced-motion" in css
    assert not re.search(r"url\(|@import|https?:", css)


def test_the_page_names_each_fault() -> None:
    html = (FILES / "phones.html").read_text(encoding="utf-8")
    named = re.findall(r'type="number" name="(\w+)"', html)
    assert sorted(named) == sorted([*FAULTS, "seed"])
