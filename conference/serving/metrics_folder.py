"""The folder in which gunicorn's workers count, so that each can answer with the sums.

The master makes it before the workers start, and removes it at its end.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile

from conference.reporting.metrics import FOLDER, installed
from conference.settings import Settings

log = logging.getLogger(__name__)

PREFIX = "conference-line-metrics-"


def make_folder(settings: Settings) -> None:
    """Make a private folder, if something is counted. A master that follows another makes its own.

    Without a folder each worker shows its own figures.
    """
    os.environ.pop(FOLDER, None)
    if not (settings.may_read_metrics and installed()):
        return
    try:
        folder = tempfile.mkdtemp(prefix=PREFIX)  # mode 0700
        # systemd-tmpfiles removes old files below TMPDIR, except from a locked folder. The lock
        # lasts as long as the process.
        fcntl.flock(os.open(folder, os.O_RDONLY | os.O_DIRECTORY), fcntl.LOCK_SH)
        os.environ[FOLDER] = folder
    except OSError as error:
        log.warning("the figures of several workers are not summed: %s", error.strerror)


def forget_worker(process: int) -> None:
    """Let the gauges of this ended worker count no more. Its counters stay in the sums."""
    if folder := os.environ.get(FOLDER):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(process, folder)  # type: ignore[no-untyped-call]


def remove_folder() -> None:
    """Remove the folder of this master."""
    if folder := os.environ.pop(FOLDER, None):
        shutil.rmtree(folder, ignore_errors=True)
