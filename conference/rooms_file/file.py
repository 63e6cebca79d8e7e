"""Opens the rooms file: TOML of a bounded size."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

LARGEST = 1024 * 1024  # bytes

_WHERE = re.compile(r"(.*?) \((at .*)\)", re.DOTALL)


class Unusable(Exception):
    """The file is not there, cannot be read or is no TOML. Its text says what to do."""


def load(path: Path) -> dict[str, Any]:
    """Return the tables of the file. Unusable if there are none."""
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise Unusable(f"is no TOML: {_without_values(str(error))}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or a thousand brackets
        raise Unusable("is no TOML of a rooms file: a value in it is too large") from None


def _text(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unusable("is no file")
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Unusable("does not exist. Correct ROOMS_FILE, or remove it") from None
    except OSError as error:
        raise Unusable(f"cannot be read: {error.strerror}") from None
    except ValueError:  # a null character
        raise Unusable("is no path of a file") from None
    if len(raw) > LARGEST:
        raise Unusable(f"is larger than {LARGEST // 1024} KiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable("is not in UTF-8. Save it as UTF-8") from None


def _without_values(error: str) -> str:
    """Return the place and the reason of an error; the place alone if the reason quotes digits."""
    found = _WHERE.fullmatch(error)
    reason, where = found.groups() if found else (error, "")
    return where if re.search(r"\d", reason) else f"{reason} {where}".strip()
