"""Links between the README and the pages of docs/ resolve, and the names in them are real."""

from __future__ import annotations

import re
import struct
import tomllib

import pytest
from reference import commands
from rigs.documents import EVERYTHING, INDEX, PAGES, README, ROOT, defined
from rigs.lines import TestLine
from rigs.operations import WEBHOOKS
from screenshots import IMAGES, PICTURES, SIZE

from conference.core.handlers import HANDLERS
from conference.settings.kinds import KINDS

LINES_MOST = 150
MOST_OF_A_PICTURE = 150_000  # bytes
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && "

every_document = pytest.mark.parametrize("document", EVERYTHING)


# The README and the index


def test_the_readme_is_read_in_ten_minutes() -> None:
    assert len(README.splitlines()) <= LINES_MOST


@pytest.mark.parametrize("command", ["flask simulate", "pytest"])
def test_the_two_commands(command: str) -> None:
    assert f"{INSTALL}.venv/bin/{command}\n" in README


def test_everything_is_tested_with_what_developers_install() -> None:
    everything = ".venv/bin/pip install -r requirements-dev.txt && .venv/bin/pytest -n auto tests"
    assert f"`{everything}`" in README


ORDER = (
    *("moderate", "rooms", "way-in", "in-the-room", "keys", "console", "settings", "routes"),
    *("commands", "callbacks", "texml", "deployment", "production", "scaling", "how-it-works"),
    *("from-the-tutorial", "not-yet-tried", "CONTRIBUTING"),
)
"""The pages in reading order. Others are between them."""


def test_the_index_lists_every_page_once_and_in_order() -> None:
    """Each row is number 1 in the text: Markdown numbers them, so a new page is one line."""
    listed = re.findall(r"^1\. \[[^]]+\]\(([\w-]+)\.md\)", INDEX, re.MULTILINE)
    assert sorted(listed) == sorted(PAGES)
    assert [name for name in listed if name in ORDER] == [name for name in ORDER if name in PAGES]
    assert INDEX.rindex("(../CHANGELOG.md)") > INDEX.rindex(f"({listed[-1]}.md)")


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_linked_from_another_one_beside_the_index(name: str) -> None:
    others = {document: text for document, text in EVERYTHING.items() if text is not INDEX}
    del others[f"docs/{name}.md"]
    links = rf"\]\((?:docs/)?{name}\.md[)#]"
    assert [document for document, text in others.items() if re.search(links, text)]


def test_the_readme_shows_what_the_command_takes() -> None:
    """After a change of a page: python -m tests.screenshots"""
    shown = re.findall(r"^!\[[^]]{30,}\]\(docs/images/(\w+)\.png\)$", README, re.MULTILINE)
    assert sorted(shown) == sorted(PICTURES)
    assert sorted(file.name for file in IMAGES.iterdir()) == sorted(f"{n}.png" for n in PICTURES)
    for name in PICTURES:
        picture = (IMAGES / f"{name}.png").read_bytes()
        width, height = struct.unpack(">II", picture[16:24])  # of the PNG's first chunk
        assert {"width": width, "height": height} == SIZE
        assert len(picture) < MOST_OF_A_PICTURE
    assert "`python -m tests.screenshots`" in PAGES["how-it-works"]


@every_document
def test_links_lead_somewhere(document: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", _prose(EVERYTHING[document])):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        file = (ROOT / document).parent / name if name else ROOT / document
        assert file.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(_anchor, titles), target


def _anchor(title: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _prose(text: str) -> str:
    """A document without its code blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


# Names of files, functions, settings and tests


NOT_YET = ("tests/served/test_goodbye.py",)
"""A file that a page tells its reader to make."""


@every_document
def test_the_files_that_it_names_are_there(document: str) -> None:
    named = r"`((?:conference|tests|docs)/[\w/.-]+|[\w-]+\.(?:txt|py|toml|md)|\.env\.example)`"
    for name in re.findall(named, EVERYTHING[document]):
        assert (ROOT / name).exists() or name in NOT_YET, name


@every_document
def test_what_it_names_of_the_code_is_there(document: str) -> None:
    named = set(re.findall(r"`(conference(?:\.\w+)+)`", EVERYTHING[document]))
    for name in named - {*HANDLERS, *WEBHOOKS}:
        defined(name)


OTHERS = {
    "FLASK_RUN_PORT",
    *("CONFERENCE_URL", "QUEUE_NAME", "FORWARDED_ALLOW_IPS"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
}
"""Variables of the commands, an argument of one, and variables of gunicorn and the system."""


@every_document
def test_the_settings_that_it_names_are_settings(document: str) -> None:
    named = set(re.findall(r"`\$?([A-Z]+_[A-Z_]+)(?:=[^`]*)?`", EVERYTHING[document]))
    assert named - KINDS.keys() - OTHERS == set()


@every_document
def test_the_commands_that_it_names_are_commands(document: str, line: TestLine) -> None:
    words = {name.split()[0] for name, _ in commands(line.client.application.cli)}
    named = re.findall(r"(?:^|`|/bin/)flask ([a-z-]+)", EVERYTHING[document], re.MULTILINE)
    assert set(named) - words <= {"run"}, "which is Flask's own"


def test_the_python_that_the_readme_needs_is_the_one_that_is_checked() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert f"Python {tools['mypy']['python_version']} or newer" in README
