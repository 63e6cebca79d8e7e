"""A crowd under all kinds of chaos at once, against a real server, and what went wrong:

python -m tests.soak --calls 1000 --rooms 50 --seed 1
python -m tests.soak --calls 200 --rooms 10 --processes 2 --kill-every 5
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "tests")) if path not in sys.path]

from rigs.crowd import Crowd, Stage, killing, plan, stage  # noqa: E402

from conference.demo.repetitions import executed_again  # noqa: E402
from conference.demo.verdict import longest_silences  # noqa: E402
from conference.simulator import Chaos  # noqa: E402

ALL_AT_ONCE = (
    "duplicate=0.2,reorder=0.3,lose=0.05,delay=2s,error=0.1,limit=0.05,hang=0.02,drop=0.02,"
    "transient=0.1,drip=0.02"
)
SILENT = 10.0  # simulated seconds that nobody may be in silence
GROWS_BY = 40.0  # MB at most, with the event log and the known ids of events and calls full
SETTLED = 20.0  # simulated seconds in which all must be as it should be once chaos has ended
TIMEOUT = 2.0  # simulated seconds that the line waits for an answer


def soak(
    folder: Path,
    calls: int,
    rooms: int,
    seed: int,
    speed: float,
    processes: int = 1,
    kill_every: float = 0.0,
) -> list[str]:
    """Play it all, and say what was not as it should be.

    Several processes share a redis-server of their own. kill_every: real seconds after which the
    oldest process is killed, again and again; 0 for never. At another speed than 1, the clock of a
    process that starts later is not that of the others.
    """
    # One webhook in twenty is lost, and only looks heal that: so often does it look.
    with _stage(folder, speed, 2, processes) as on:
        before = on.megabytes()
        begins = calls / 2  # in simulated seconds, everyone
        crowd = Crowd(on.telnyx, plan(calls, rooms, seed, begins, stay=min(begins, 60)))
        on.telnyx.chaos = Chaos.parse(ALL_AT_ONCE, seed)
        crowd.play(killing(on.server, kill_every))
        on.telnyx.chaos = None
        on.within(SETTLED, lambda: not crowd.wrong())
        found = crowd.wrong()
        legs, now = list(crowd.legs.values()), on.telnyx.now()
        for each in longest_silences(legs, now):
            if each.lasted > SILENT:
                what = f"in silence for {each.lasted:.1f} s from {each.since:.1f} s on"
                found.append(f"{what}: {on.story(crowd.legs[each.number])}")
        found += executed_again(on.telnyx.requests, legs, TIMEOUT)
        crowd.leave()
        on.within(SETTLED, lambda: on.health()["participants"] == 0)
        health, after = on.health(), on.megabytes()
        if health["participants"]:
            found.append(f"{health['participants']} participants are left: {health['waiting']}")
        if after - before > GROWS_BY:
            found.append(f"memory grew from {before:.0f} to {after:.0f} MB")
        if "Traceback" in on.server.log:
            found.append(on.server.log[on.server.log.index("Traceback") :][:3000])
        _say(on, crowd, health, before, after)
    return found


@contextmanager
def _stage(folder: Path, speed: float, looks_every: float, processes: int) -> Iterator[Stage]:
    with ExitStack() as stack:
        url = ""
        if processes > 1:
            from rigs.redis_servers import redis_server  # skips where redis-py is not installed

            url = stack.enter_context(redis_server(folder)).url
        yield stack.enter_context(stage(folder, speed, looks_every, url, processes))


def _say(on: Stage, crowd: Crowd, health: dict[str, Any], before: float, after: float) -> None:
    requests, webhooks = on.telnyx.requests, on.telnyx.webhooks
    unseen = sum(not request.seen for request in requests)
    silences = sorted(
        s.lasted for s in longest_silences(list(crowd.legs.values()), on.telnyx.now())
    )
    print(
        f"calls {len(crowd.legs)}, rooms {len({v.room for v in crowd.visits})}, "
        f"{on.telnyx.now():.0f} simulated s; webhooks delivered {len(webhooks)}; "
        f"API requests {len(requests)}, without an answer {unseen}; "
        f"put right by looks {health['healed']}; longest silence {silences[-1]:.1f} s, "
        f"99 of 100 below {silences[len(silences) * 99 // 100]:.1f} s; "
        f"memory {before:.0f} -> {after:.0f} MB"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--calls", type=int, default=1000)
    arguments.add_argument("--rooms", type=int, default=50)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument(
        "--speed", type=float, help="4, or 1 with --kill-every: the clock of a new process is apart"
    )
    arguments.add_argument("--processes", type=int, default=1, help="more share a redis-server")
    arguments.add_argument(
        "--kill-every",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="kill the oldest process so often, in real seconds",
    )
    asked = arguments.parse_args()
    asked.speed = asked.speed or (1.0 if asked.kill_every else 4.0)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = soak(Path(folder), **vars(asked))
        except pytest.skip.Exception as reason:
            sys.exit(f"not played: {reason}")
    print(f"took {time.monotonic() - began:.0f} s")
    print(*found or ["all as it should be"], sep="\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
