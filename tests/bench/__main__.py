"""Measure how fast the line is, against floors in the same run: `python -m tests.bench`.

Everything runs on 127.0.0.1. What is compared is measured in turns, after a warm-up, since the
machine has other work too. A figure is the median of the rounds. Rows on Redis need a redis-server
program and the package redis, rows against Express need Node; else they are skipped, and say so.
Slow figures do not make the command fail.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench")]
os.environ["NO_PROXY"] = "127.0.0.1,localhost"

import bench_acks  # noqa: E402
import bench_calls  # noqa: E402
import bench_consoles  # noqa: E402
import bench_http  # noqa: E402
import bench_memory  # noqa: E402
import bench_pins  # noqa: E402
import bench_rooms  # noqa: E402
import bench_scale  # noqa: E402
import bench_strangers  # noqa: E402
import bench_transports  # noqa: E402
from bench_aims import AIMS  # noqa: E402
from bench_rows import FULL, QUICK, Row, Size  # noqa: E402
from bench_table import as_json, table  # noqa: E402


class Section(NamedTuple):
    title: str
    rows: Callable[[Size, Path], Iterator[Row]]


SECTIONS = {
    "call": Section("CPU of a whole call, 8 at a time", bench_calls.whole_call),
    "lone-call": Section("CPU of a whole call, one after the other", bench_calls.lone_call),
    "burst": Section("50 callers at one instant, Telnyx at 150 ms", bench_calls.burst),
    "strangers": Section("The line among strangers", bench_strangers.strangers),
    "webhooks": Section(
        "Webhooks that lead to no command, as many as can be", bench_http.webhook_path
    ),
    "processes": Section("Two processes on one Redis against one", bench_http.two_processes),
    "acks": Section(
        "Acknowledgement of webhooks that lead to commands, 50 a second", bench_acks.acknowledged
    ),
    "consoles": Section(
        "Twenty open consoles, and another speaker 50 times a second", bench_consoles.consoles
    ),
    "command": Section("CPU of one command by each transport", bench_transports.one_command),
    "rooms": Section(
        "An event beside many participants, in many rooms and in a large one",
        bench_rooms.many_rooms,
    ),
    "start": Section("Start-up and memory", bench_memory.start_up),
    "participant": Section("Memory of a participant", bench_memory.each_participant),
    "pins": Section(f"{bench_pins.GUESSES:,} guesses of a PIN, in simulated time", bench_pins.pins),
    "scale": Section("How far it goes, in simulated time", bench_scale.how_far),
}


def arguments() -> argparse.Namespace:
    lines = [f"  {name:<13}{section.title}" for name, section in SECTIONS.items()]
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        epilog="\n".join(["sections:", *lines]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "section", nargs="*", help="run only these (all unless named)", metavar="SECTION"
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds, in about three minutes")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the rows of the table to this file, too"
    )
    given = parser.parse_args()
    if unknown := set(given.section) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}; see --help")
    return given


def measured(name: str, size: Size, folder: Path) -> list[Row]:
    """The rows of a section with their aims. An aim without a row becomes one without a figure."""
    aims = AIMS.get(name, {})
    rows = [row._replace(aim=aims.get(row.name)) for row in SECTIONS[name].rows(size, folder)]
    missing = [each for each in aims if each not in {row.name for row in rows}]
    return [*rows, *(Row(each, None, note="not measured", aim=aims[each]) for each in missing)]


def main() -> None:
    given = arguments()
    began, load = time.monotonic(), os.getloadavg()[0]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in given.section or SECTIONS:
            print(f"{time.monotonic() - began:4.0f} s  {name}", file=sys.stderr, flush=True)
            found[name] = measured(name, QUICK if given.quick else FULL, Path(folder))
    about = {"seconds": round(time.monotonic() - began), "cpus": os.cpu_count(), "load": load}
    print(table(found, {name: section.title for name, section in SECTIONS.items()}))
    print("in {seconds} s on {cpus} CPUs, load before {load:.2f}".format(**about))
    if given.json:
        given.json.write_text(json.dumps({**about, "rows": as_json(found)}, indent=1) + "\n")


if __name__ == "__main__":
    main()
