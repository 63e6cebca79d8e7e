"""Measure how fast the line is, against floors in the same run: `python -m tests.bench`.

Everything runs on 127.0.0.1. What is compared is measured in turns, since the machine has other
work too. A figure is the median of the rounds, with the lowest and the highest. Slow figures do
not make the command fail.
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

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench")]
os.environ["NO_PROXY"] = "127.0.0.1,localhost"

import bench_calls  # noqa: E402
import bench_consoles  # noqa: E402
import bench_core  # noqa: E402
import bench_http  # noqa: E402
import bench_pins  # noqa: E402
import bench_strangers  # noqa: E402
import bench_transports  # noqa: E402
from bench_rows import FULL, QUICK, Row, Size  # noqa: E402

SECTIONS: dict[str, tuple[str, Callable[[Size, Path], Iterator[Row]]]] = {
    "call": ("CPU of a whole call, 8 at a time", bench_calls.whole_call),
    "lone-call": ("CPU of a whole call, one after the other", bench_calls.lone_call),
    "burst": ("50 callers at one instant, Telnyx at 150 ms", bench_calls.burst),
    "strangers": ("The line among strangers", bench_strangers.strangers),
    "webhooks": ("Webhooks that lead to no command, as many as can be", bench_http.webhook_path),
    "acks": ("Acknowledgement of webhooks that lead to commands", bench_http.acknowledged),
    "consoles": (
        "Twenty open consoles, and another speaker 50 times a second",
        bench_consoles.consoles,
    ),
    "command": ("CPU of one command by each transport", bench_transports.one_command),
    "room": (
        f"An event in a room of {bench_core.BIG} against {bench_core.SMALL}",
        bench_core.room_size,
    ),
    "start": ("Start-up and memory", bench_core.start_up),
    "participant": ("Memory of a participant", bench_core.each_participant),
    "pins": (f"{bench_pins.GUESSES} guesses of a PIN, in simulated time", bench_pins.pins),
}


def arguments() -> argparse.Namespace:
    lines = [f"  {name:<13}{title}" for name, (title, _) in SECTIONS.items()]
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        epilog="\n".join(["sections:", *lines]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "section", nargs="*", help="run only these (all unless named)", metavar="SECTION"
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds, in under two minutes")
    parser.add_argument("--json", action="store_true", help="print one JSON object, not a table")
    given = parser.parse_args()
    if unknown := set(given.section) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}; see --help")
    return given


def main() -> None:
    given = arguments()
    began, load = time.monotonic(), os.getloadavg()[0]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name in given.section or SECTIONS:
            title, section = SECTIONS[name]
            if not given.json:
                print(title, flush=True)
            for row in section(QUICK if given.quick else FULL, Path(folder)):
                found.append(row.json(name))
                if not given.json:
                    print(row, flush=True)
    about = {"seconds": round(time.monotonic() - began), "cpus": os.cpu_count(), "load": load}
    if given.json:
        print(json.dumps({**about, "rows": found}, indent=1))
    else:
        print("in {seconds} s on {cpus} CPUs, load before {load:.2f}".format(**about))


if __name__ == "__main__":
    main()
