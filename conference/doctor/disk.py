"""Checks of the folder for recordings of webhooks. Callers' recordings are kept by Telnyx."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from .finding import Fact

OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
LEAST_FREE = 100 * 1024 * 1024  # bytes: recordings of a busy day


def examine(folder: Path) -> Fact:
    """Can the server write into the folder, and nobody else read it?"""
    try:
        return _examine(folder)
    except OSError as error:
        return Fact("recording.unreadable", folder=folder, error=error.strerror)


def _examine(folder: Path) -> Fact:
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not there.is_dir():
        return Fact("recording.not-a-folder", folder=there)
    if not os.access(there, os.W_OK | os.X_OK):
        return Fact("recording.not-writable", folder=there)
    found = there.stat()
    if there == folder and found.st_uid != os.geteuid():
        return Fact("recording.not-ours", folder=folder)
    if there == folder and found.st_mode & OF_OTHERS:
        return Fact("recording.open-to-others", folder=folder)
    free = shutil.disk_usage(there).free
    name = "recording.ok" if free >= LEAST_FREE else "recording.full"
    return Fact(name, folder=folder, free=f"{free // 1024**2} MB")
