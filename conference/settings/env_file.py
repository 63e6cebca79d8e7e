"""Finds and reads the `.env` file, and checks that only its owner can read its secrets."""

from __future__ import annotations

import io
import logging
import os
import shlex
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dotenv import dotenv_values, find_dotenv
from dotenv.parser import parse_stream

OF_OTHERS = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


class Unreadable(Exception):
    """The file is there and cannot be read."""


def read() -> dict[str, str]:
    """Return the settings of the `.env` file in this folder or one above; {} without one."""
    return values_of(_text())


def values_of(text: str) -> dict[str, str]:
    """Return the settings in the text of a file."""
    with _silent():
        found = dotenv_values(stream=io.StringIO(text))
    return {name: value or "" for name, value in found.items()}


def lines_without_setting() -> list[int]:
    """Return the lines of the file that are meant to set something, and do not."""
    lines = parse_stream(io.StringIO(_text()))
    return [
        line.original.line + _blank_lines(line.original.string)
        for line in lines
        if line.error or (line.key is not None and line.value is None)
    ]


def _blank_lines(text: str) -> int:
    """Return how many blank lines are before the first other one."""
    return text[: len(text) - len(text.lstrip())].count("\n")


def _text() -> str:
    """Return the text of the file; empty without one. Unreadable."""
    if not (path := where()):
        return ""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except UnicodeDecodeError:
        raise Unreadable("is not in UTF-8. Save it as UTF-8.") from None
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}.") from None


@contextmanager
def _silent() -> Iterator[None]:
    """Keep python-dotenv from naming the same lines at each reading: the warnings name them."""
    log = logging.getLogger("dotenv.main")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def exposure(is_secret: Callable[[str, str], bool]) -> str:
    """Return a warning with the command to run, if others may read or change secrets; or "".

    `is_secret` gets the name and the value of a setting.
    """
    path = where()
    if not path:
        return ""
    secrets = [name for name, value in read().items() if value and is_secret(name, value)]
    return open_to_others(path, ", ".join(secrets)) if secrets else ""


def open_to_others(path: str, secrets: str) -> str:
    """Return a warning with the command to run, if others may read or change the file; or ""."""
    if os.name != "posix" or not os.stat(path).st_mode & OF_OTHERS:
        return ""
    who = "other users of this machine can read or change it, and it holds"
    return f"{who} {secrets}. Run: chmod 600 {shlex.quote(path)}"


def beside(path: str) -> str:
    """Return the path of a file, from the folder of the `.env` file; without one from here."""
    return os.path.join(os.path.dirname(where()) or os.getcwd(), path)


def where() -> str:
    """Return the path of the `.env` file in this folder or one above; empty without one."""
    return find_dotenv(usecwd=True)
