"""Lines that are recorded beside a simulated Telnyx, and what they have decided, decided again."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from click.testing import Result
from rigs.people import TOKEN
from rigs.recordings import decided_again, recorder, states, written
from rigs.rehearsals import MAY, dial, rehearsal, room, settled
from rigs.rooms_line import RoomsLine, rooms_line, talk
from rigs.waiting import until

from conference import create_app
from conference.core.admission import reception
from conference.core.events import ModeratorRequest, RequestAnswered
from conference.core.texml.facts import PinPosted
from conference.demo.narrator import Sentence
from conference.demo.rehearsal import Line
from conference.demo.rooms_story import RoomsStory
from conference.demo.story import Story
from conference.recording.recorder import stand_ins_for
from conference.simulator import Chaos

STORM = "lose=0.05,duplicate=0.2,reorder=0.2,delay=2s,error=0.1,limit=0.05,hang=0.02,drop=0.05"


def unheard(sentence: Sentence) -> None:
    pass


def plays(story: Story | RoomsStory, folder: Path, speed: float = 20) -> Line:
    """Play the whole story, and return the line after its end."""
    with story.stage(create_app, speed, control_token=TOKEN, record_webhooks=str(folder)) as line:
        assert story.play(line) == []
    return line


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_storm_is_decided_again_to_the_same_end(seed: int, tmp_path: Path) -> None:
    line = plays(Story(3, unheard, Chaos.parse(f"{STORM},transient=0.05", seed)), tmp_path / "r")
    again = decided_again(line)
    arrived = [each.event.id for each in again.recording.webhooks if each.event]
    assert len({*arrived}) < len(arrived), "duplicates are recorded, and count once"


def test_callers_by_texml_are_decided_again(tmp_path: Path) -> None:
    again = decided_again(plays(Story(3, unheard, texml=True), tmp_path / "r"))
    assert {each.type for each in again.recording.webhooks} >= {"form"}


def test_pins_and_keys_of_the_rooms_story_lead_to_the_same(tmp_path: Path) -> None:
    again = decided_again(plays(RoomsStory(unheard), tmp_path / "r"))
    assert [step for step in again.steps if step.change.handovers], "by PINs, to their rooms"


def test_pins_by_texml_lead_to_the_same(tmp_path: Path) -> None:
    with rooms_line(FILE, 10, record_webhooks=str(tmp_path / "r")) as line:
        ann = line.dials("Ann", line.telnyx.texml.number)
        ann.hears(reception.ENTER)
        ann.presses(PINS["wrong"])
        ann.hears(reception.PROMPTS["unknown"])
        ann.presses(PINS["participant"])
        ann.is_inside()
        line.clears()
    again = decided_again(line.line)
    entered = [e.event for e in again.recording.decisions if isinstance(e.event, PinPosted)]
    known = recorder(line.line).stand_ins.digits(PINS["participant"])
    assert [event.digits for event in entered] == ["ABCDABCD", known]
    text = written(recorder(line.line).path)
    assert [pin for pin in PINS.values() if pin in text] == []
    assert '"Digits":"ABCDABCD' in text, "the form is recorded, too"


def test_a_caller_who_has_pressed_keys_is_moved_again(tmp_path: Path) -> None:
    file = """
[rooms.sales]
numbers = ["+13125550101"]
[rooms.sales.keys]
"*6" = "mute"
[rooms."5512"]
numbers = ["+13125550102"]
"""
    with rooms_line(file, 10, record_webhooks=str(tmp_path / "r")) as line:
        ann = line.comes("Ann", "+13125550101")
        ann.presses("*6")
        ann.hears("Muted.")
        line.acts("sales", "move", ann, room="5512")
        line.clears()
    again = decided_again(line.line)
    assert [room for step in again.steps for room, _ in step.change.handovers] == ["5512"]


# Private values

PINS = {"participant": "48215903", "moderator": "90771364", "wrong": "66554477"}
SALES, SHARED, CALLED, NATIONAL = "+13125550101", "+13125550100", "+12025550187", "2025550187"
NAMES = ("Annabel Winterbottom", "Roberta")
FILE = f"""
[rooms.sales]
participant_pin = "{PINS["participant"]}"
moderator_pin = "{PINS["moderator"]}"
numbers = ["{SALES}"]
announce_names = true
chimes = true

[rooms.sales.roster]
"+13125550112" = "{NAMES[1]}"

[rooms.sales.keys]
"*6" = "mute"
"*3" = "moderator"
"*4" = "dial"
"##" = "roll-call"
"""
SECRET = "a-secret-of-the-path-0123456789"


def joined(line: RoomsLine) -> int:
    return sum(row["status"] == "joined" for row in line.room("sales")["participants"])


@pytest.fixture(scope="module")
def private_story(tmp_path_factory: pytest.TempPathFactory) -> Line:
    """Ann enters a wrong PIN, then hers; is renamed; becomes a moderator by keys; calls Dan."""
    folder = tmp_path_factory.mktemp("recording") / "r"
    given = {"texml_secret": SECRET, "telnyx_number": SHARED, "dial_allow": ("+1",)}
    with rooms_line(FILE, 10, record_webhooks=str(folder), **given) as line:
        ann = line.enters("Ann", PINS["wrong"])
        ann.hears(reception.PROMPTS["unknown"])
        ann.presses(PINS["participant"])
        ann.is_inside()
        line.settles()
        bob = line.comes("Bob", SALES)
        talk(ann, bob)
        assert line.ask(
            "/api/rooms/sales/actions/rename?wait=1",
            {"participants": [ann.number], "label": NAMES[0]},
        )
        ann.presses(f"*3{PINS['wrong']}")
        ann.hears("That PIN is wrong.")
        ann.presses(f"*3{PINS['moderator']}")
        ann.hears("You are a moderator now.")
        bob.presses("*6")
        bob.hears("Muted.")
        line.telnyx.phone(CALLED).when_called()
        ann.presses(f"*4{NATIONAL}#")
        ann.hears("Calling.")
        until(lambda: joined(line) == 3, "the called one is inside")
        line.settles()
        ann.presses("##")
        ann.hears_of("with")
        line.clears()
    return line.line


def test_what_keys_led_to_is_decided_again(private_story: Line) -> None:
    again = decided_again(private_story)
    events = [step.change.event for step in again.steps]
    asked = [e.verb for e in events if isinstance(e, ModeratorRequest)]
    assert asked == ["rename", "dial"]
    assert [e.words for e in events if isinstance(e, RequestAnswered)] == ["Calling."]
    assert [s.change.requests[0].request.verb for s in again.steps if s.change.requests] == ["dial"]


def test_nothing_private_is_in_the_folder(private_story: Line) -> None:
    text = written(recorder(private_story).path)
    numbers = {leg.number for leg in private_story.telnyx.legs} | {SALES, SHARED, CALLED}
    assert len(numbers) == 5
    settings = private_story.services.settings
    hosts = re.findall(r"127\.0\.0\.1:\d+", f"{private_story.url} {private_story.telnyx.base_url}")
    private = [
        *(number[1:] for number in numbers),
        NATIONAL,
        *PINS.values(),
        *NAMES,
        *(TOKEN, SECRET, settings.telnyx_api_key, *hosts),
    ]
    states = re.findall(r'"client_state":"([A-Za-z0-9+/=]{20,})"', text)
    assert states
    text += "\n".join(base64.b64decode(each).decode() for each in states)
    assert [each for each in private if each in text] == []
    assert not re.search(r'"digit":\s*"[0-9]', text), "no single key"
    known = {stand_ins_for(settings).digits(PINS[name]) for name in ("participant", "moderator")}
    assert {*re.findall(r'"(?:digits|typed|pin)":\s*"([0-9]+)', text)} == known
    said = re.findall(r"A caller with ([^.\"]+)", text)
    assert said and not [each for each in said if CALLED[-4:] in re.sub(r"\D", "", each)]


def test_the_same_number_and_name_have_the_same_stand_in_everywhere(private_story: Line) -> None:
    stand_ins, text = recorder(private_story).stand_ins, written(recorder(private_story).path)
    ann = stand_ins.party("+13125550111")
    assert re.fullmatch(r"\+1[2-9]\d\d55501\d\d", ann)
    paths = [each for each in recorder(private_story).path.iterdir() if ann in each.read_text()]
    files = {path.name.split("-", 2)[2] for path in paths}
    assert {"webhook.json", "call.initiated.json", "HandedOver.json"} <= files
    caller = stand_ins.name(NAMES[0])
    assert re.fullmatch(r"Caller \d{4}\.*", caller) and len(caller) == len(NAMES[0])
    assert f"{caller}" in text and f'"label":"{caller}"' in text


def test_the_callers_call_again_at_a_line(private_story: Line, tmp_path: Path) -> None:
    """With their keys: by stand-ins of the PINs they come in, and become a moderator."""
    done = flask("replay", "--server", "--speed", "5", "--json", str(recorder(private_story).path))
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert done.exit_code == 0, done.stdout
    said = [row["text"] for row in rows if row["kind"] == "speech"]
    for words in ("This PIN is not known", "You are a moderator now.", "Muted.", "Calling."):
        assert any(words in each for each in said), words
    assert {row["room"]: row["text"] for row in rows if row["kind"] == "end"}["sales"] == "empty"


def flask(*arguments: str) -> Result:
    app = create_app()
    return app.test_cli_runner().invoke(args=[*arguments])


# The command


def test_the_story_names_the_first_difference(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    with rehearsal(record_webhooks=str(folder), **MAY) as line:
        dial(line, "+13125550142")
        settled(line)
        assert room(line).joined
    same = flask("replay", str(folder))
    assert same.exit_code == 0
    assert "At the end, room demo-conference: alone, on hold with music\n" in same.output
    assert same.output.endswith("The line decides the same now as it did then.\n")
    (path,) = (each for each in folder.iterdir() if "speak.ended" in each.name)
    entry = json.loads(path.read_text())
    entry["commands"][0]["value"]["beep"] = "never"
    path.write_text(json.dumps(entry))
    other = flask("replay", str(folder))
    assert other.exit_code == 1
    assert f"DIFFERENT from the recording: {path.name}: in room demo-conference" in other.output
    assert '"beep": "never"' in other.output and '"beep": "always"' in other.output
    found = json.loads(flask("replay", "--json", str(folder)).output)
    assert (found["same"], found["difference"]["file"]) == (False, path.name)
    assert found["rooms"][0]["summary"] == "alone, on hold with music"
    assert states(line).keys() == {"demo-conference"}
