"""The tables and diagrams of the README and the pages agree with the code."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from flask.cli import run_command
from reference import commands
from rigs.documents import PAGES, ROOT, rows, section
from rigs.lines import TestLine

from conference.cli.run import run
from conference.core.handlers import HANDLERS
from conference.core.keys.actions import ACTIONS
from conference.core.keys.presets import PRESETS
from conference.core.room_states import STATES
from conference.core.states import MOVES
from conference.settings.kinds import KINDS, REQUIRED
from conference.web.account import ENDPOINT, ROUTES


def test_every_setting_is_in_the_table(line: TestLine) -> None:
    table = rows(PAGES["settings"])
    names = [name for row in table for name in re.findall(r"`([A-Z_]+)`", row[0])]
    there = [each for _, each in commands(line.client.application.cli)]
    of_commands = {option.envvar for each in there for option in each.params if option.envvar}
    assert of_commands == {"CONFERENCE_URL"}
    assert sorted(names) == sorted([*KINDS, *of_commands])
    required = {row[0].strip("`") for row in table if row[1] == "required"}
    assert required == set(REQUIRED)


def test_every_route_is_in_the_table(line: TestLine) -> None:
    shown = set(re.findall(r"^\| `([A-Z]+ /[^`]*)`", PAGES["routes"], re.MULTILINE))
    rules = [*line.client.application.url_map.iter_rules(), *ROUTES.iter_rules()]
    rules = [rule for rule in rules if rule.endpoint != ENDPOINT]  # which leads to all of ROUTES
    methods = {(m, r.rule) for r in rules for m in r.methods or () if m not in ("HEAD", "OPTIONS")}
    there = {f"{m} {rule}" for m, rule in methods if not rule.startswith("/static")}
    account = section(PAGES["reference"], "Queues, and Telnyx's own view")
    shown |= set(re.findall(r"`([A-Z]+ /api/(?:queues|telnyx)[^`]*)`", account))
    assert shown == there - {"POST /"}, "POST / is there to answer 404"


def test_every_command_and_option_is_shown(line: TestLine) -> None:
    """Verbs and the account's commands are in the reference, the others in the commands' table."""
    table = [(re.match(r"`flask ([a-z-]+)", row[0]), row[1]) for row in rows(PAGES["commands"])]
    shown = {command[1]: _options(purpose) for command, purpose in table if command}
    shown["simulate"] = _options(section(PAGES["commands"], "flask simulate"))
    common = shown.pop("mute")
    del shown["queues"]
    there = {
        name: {o for p in each.params for o in p.opts if o[:2] == "--"}
        for name, each in commands(line.client.application.cli)
    }
    for title in ("Verbs", "Queues, and Telnyx's own view"):
        for part in section(PAGES["reference"], title).split("\n### ")[1:]:
            (words,) = re.findall(r"`flask ([^`]*)`", part)
            (name,) = (name for name in there if f"{words} ".startswith(f"{name} "))
            of_no_room = name.startswith(("queues ", "telnyx "))
            shown[name] = common - ({"--room"} if of_no_room else set()) | _options(part)
    ours = {o for p in run.params if p not in run_command.params for o in p.opts}
    assert shown == {"run": ours, **there}


def test_every_key_is_in_the_table() -> None:
    shown = rows(section(PAGES["keys"], "Keys"))
    names = list(PRESETS)
    there = []
    for name, action in ACTIONS.items():
        who = f"{action.roles[0]}s" if len(action.roles) == 1 else "everyone"
        help_ = action.help or "none: Telnyx has no volume for one participant"
        maps = [[k for k, v in PRESETS[preset].items() if name in v.split()] for preset in names]
        shown_keys = (" ".join(f"`{key}`" for key in keys) or "no" for keys in maps)
        there.append([f"`{name}`", help_, who, *shown_keys])
    assert shown == there
    for preset in names:
        assert f" `{preset}` |" in PAGES["keys"]


def _options(text: str) -> set[str]:
    return set(re.findall(r"`(--[a-z-]+)", text))


def test_every_promise_has_a_test() -> None:
    names = [row[1].strip("`") for row in rows(PAGES["promises"])]
    assert len(names) >= 21
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    assert [name for name in names if f"def {name}(" not in tests] == []


def test_the_state_diagram_is_the_codes_table() -> None:
    moves = [f"    {a} --> {b}: {why}" for (a, b), (why, _) in MOVES.items()]
    diagram = "\n".join(["stateDiagram-v2", "    [*] --> ringing", *moves])
    assert f"```mermaid\n{diagram}\n```" in PAGES["how-it-works"]


def test_the_table_of_room_states_is_the_codes_table() -> None:
    shown = rows(section(PAGES["how-it-works"], "The states of a room"))
    assert [row[:4] for row in shown] == [
        [
            state.name,
            state.meaning,
            state.hold_reason or "none",
            (state.music or "none").format(alone="...0142"),
        ]
        for state in STATES
    ]


def test_each_event_has_one_short_function_of_its_name() -> None:
    for event_type, handler in HANDLERS.items():
        assert handler.__name__ == event_type.replace(".", "_")
        assert len(inspect.getsource(handler).splitlines()) <= 25
        assert f"`{handler.__name__}`" in PAGES["from-the-tutorial"]


def test_each_package_imports_only_what_is_below_it() -> None:
    table = rows(section(PAGES["how-it-works"], "The packages"))
    order = [name for row in table for name in re.findall(r"`conference/(\w+)", row[0])]
    package = ROOT / "conference"
    there = [each for each in package.iterdir() if each.suffix == ".py" or _is_package(each)]
    assert sorted(order) == sorted({each.stem for each in there} - {"__init__", "__main__"})
    for place, name in enumerate(order):
        assert _imported(package / name) <= {*order[place:]}, name


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").exists()


def _imported(package: Path) -> set[str]:
    """The packages of `conference` that a package or module imports."""
    files = [file for file in (package.with_suffix(".py"), *package.rglob("*.py")) if file.exists()]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    inside = re.findall(r"^ *(?:from|import) conference\.(\w+)", text, re.MULTILINE)
    whole = re.findall(r"^ *from conference import (.*)$", text, re.MULTILINE)
    return {*inside, *(name.split()[0] for names in whole for name in names.split(", "))}


def test_production_is_what_the_procfile_does() -> None:
    procfile = (ROOT / "Procfile").read_text(encoding="utf-8")
    assert f"\n.venv/bin/{procfile.removeprefix('web: ').strip()}\n" in PAGES["production"]
