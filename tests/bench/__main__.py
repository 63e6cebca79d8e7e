"""How fast the line is, measured in one run: `python -m tests.bench [--quick]`.

Everything is on 127.0.0.1 and what is compared is measured in turns, since the machine does other
things too. Figures are medians of rounds. Nothing here fails for being slow.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench")]
os.environ["NO_PROXY"] = "127.0.0.1,localhost"

import bench_core  # noqa: E402
import bench_cpu  # noqa: E402
import bench_http  # noqa: E402
from bench_rig import FULL, QUICK  # noqa: E402

SECTIONS = {
    "Webhooks that lead to no command, as many as can be": bench_http.webhook_path,
    "Acknowledgement of webhooks that lead to commands": bench_http.acknowledged,
    "CPU of one whole call, one after the other": bench_cpu.whole_call,
    "CPU of one whole call, many side by side": bench_cpu.busy_call,
    "CPU of one command": bench_cpu.one_command,
    f"An event in a room of {bench_core.BIG} against {bench_core.SMALL}": bench_core.room_size,
    "Start-up and memory": bench_core.start_up,
    "Memory of a participant": bench_core.each_participant,
}


def main(arguments: list[str]) -> None:
    size = QUICK if "--quick" in arguments else FULL
    only = [word for word in arguments if not word.startswith("-")]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for title, section in SECTIONS.items():
            if only and section.__name__ not in only:
                continue
            print(title, flush=True)
            for row in section(size, Path(folder)):
                print(row, flush=True)
    print(
        f"in {time.monotonic() - began:.0f} s on {os.cpu_count()} CPUs, load {os.getloadavg()[0]}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
