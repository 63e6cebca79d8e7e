"""The commands that the README and the pages show, for the tests that run them.

A command stands in a code block without a language, or in a sentence as code. Each is run by a test
that takes it from the page by `shown` or `in_a_sentence`, or its paragraph names what it needs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rigs.documents import EVERYTHING
from rigs.servers import ends

PROGRAMS = (
    *(r"\.venv/bin/\w+", r"\.ci/\w+", "apt-get", "bash", "caddy", "certbot", r"chmod \d+"),
    *(
        "cloudflared",
        "conference",
        "cp",
        "curl",
        "docker",
        "export",
        "flask",
        r"git \w+",
        "gunicorn",
    ),
    *("heroku", "journalctl", r"kill -\w+", "mkdir", "mv", "nginx", "ngrok", "npm", r"pip \w+"),
    *("podman", "pytest", r"python3?", "redis-cli", "redis-server", "rm", "scp", "source"),
    *("ssh", "sudo", "systemctl", "systemd-analyze", "useradd", "uv", "wget"),
)
"""The first words of commands in sentences."""

SHELL = ("", "sh", "bash", "console")
SETTINGS = re.compile(r"(?:[A-Z_]+=[^\s$]*\n)+")  # lines of .env
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
IS_COMMAND = re.compile(rf"({'|'.join(PROGRAMS)}) (?!\.\.\.$)\S")

MARK = re.compile(
    r"\bneeds? (?!no )(?:[\w'-]+ ){0,4}"
    r"(?:account|Docker|internet|machine|number|root|service)\b",
    re.IGNORECASE,
)
"""Words by which a paragraph names what its commands need, and no test has."""

OTHERS = re.compile(r"\b(?:cloudflared|docker|heroku|ngrok|podman|sudo|systemctl) ")
"""Programs that need what no test has: an account, a daemon or root."""


@dataclass(frozen=True)
class Shown:
    """A code block of commands. `lead`: the paragraph before it. `title`: of its section."""

    document: str
    title: str
    text: str
    lead: str

    @property
    def is_marked(self) -> bool:
        return bool(MARK.search(self.lead) or OTHERS.search(f"{self.text} "))


@cache
def blocks_shown() -> tuple[Shown, ...]:
    """Return every code block of commands of every document."""
    return tuple(_blocks())


def _blocks() -> Iterator[Shown]:
    for document, text in EVERYTHING.items():
        for found in BLOCK.finditer(text):
            if found[1] in SHELL and not SETTINGS.fullmatch(found[2]):
                before = text[: found.start()]
                titles = re.findall(r"^#+ (.*)$", BLOCK.sub("", before), re.MULTILINE)
                lead = before.rstrip().rpartition("\n\n")[2]
                yield Shown(document, titles[-1], found[2].strip(), " ".join(lead.split()))


def shown(document: str, title: str) -> tuple[str, ...]:
    """Return the code blocks of commands in the section of this title, to run them."""
    found = tuple(
        each.text for each in blocks_shown() if (each.document, each.title) == (document, title)
    )
    assert found, f'{document} has no commands under "{title}"'
    return found


@dataclass(frozen=True)
class Sentence:
    """A command in a sentence. `paragraph`: that has it."""

    document: str
    command: str
    paragraph: str

    @property
    def is_marked(self) -> bool:
        return bool(MARK.search(self.paragraph) or OTHERS.search(self.command))


@cache
def commands_in_sentences() -> tuple[Sentence, ...]:
    """Return every command that a sentence, an item of a list or a row of a table shows."""
    return tuple(_sentences())


def _sentences() -> Iterator[Sentence]:
    for document, text in EVERYTHING.items():
        if document == "CHANGELOG.md":  # which tells of the past
            continue
        for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[-*|]|\d+\.) ?)", BLOCK.sub("", text)):
            words = " ".join(paragraph.split())
            for command in CODE.findall(words):
                if IS_COMMAND.match(command):
                    yield Sentence(document, command, words)


def in_a_sentence(command: str) -> str:
    """Return the command, to run it. Fails if no sentence shows it."""
    assert command in {each.command for each in commands_in_sentences()}, f"no page shows {command}"
    return command


# To run them


def with_venv(folder: Path) -> Path:
    """Give the folder the virtual environment in which the tests run, as `.venv`."""
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def bash(command: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command as written, in the folder. Standard error comes with the output."""
    path = f"{folder / '.venv' / 'bin'}:{os.environ['PATH']}"
    return ends(["bash", "-euo", "pipefail", "-c", command], folder, PATH=path, **settings)
