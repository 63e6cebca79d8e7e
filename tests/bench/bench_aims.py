"""The aims: by section, a bound for each row of that name."""

from __future__ import annotations

from bench_rows import Aim

AIMS: dict[str, dict[str, Aim]] = {
    "webhooks": {
        "webhooks/s in memory, against the bare view": Aim(at_least=0.85),
        "webhooks/s on Redis, against the bare view": Aim(at_least=0.5),
    },
    "call": {
        "CPU of a call, against the Python tutorial": Aim(at_most=1.0),
        "CPU of a call, against the Node tutorial": Aim(at_most=1.1),
    },
    "rooms": {
        "100 in 10 rooms": Aim(at_most=1.2),
        "1,000 in 100 rooms": Aim(at_most=1.2),
        "10,000 in 1,000 rooms": Aim(at_most=1.2),
        "800 in 1 room": Aim(at_most=1.2),
    },
    "processes": {"webhooks/s of two processes, against one": Aim(at_least=1.6)},
    "acks": {
        "ack p99, Telnyx at 300 ms, against 0 ms": Aim(at_most=2.0),
        "ack p99, Telnyx failing, against 0 ms": Aim(at_most=2.0),
    },
    "burst": {
        "ack p99 of the line": Aim(at_most=150.0),
        "callers that the line never let in": Aim(at_most=0),
    },
    "strangers": {
        "slowest /healthz": Aim(at_most=1.0),
        "a caller until let in": Aim(at_most=5.0),
        "boots of the worker": Aim(at_most=1),
    },
    "consoles": {
        "ack p99 beside the consoles, against none": Aim(at_most=1.2),
        "CPU that the consoles add": Aim(at_most=10.0),
    },
}
