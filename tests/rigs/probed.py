"""A simulated account that is probed by `flask probe`, over real HTTP."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask
from nacl.signing import SigningKey

from conference import create_app
from conference.demo.rehearsal import API_KEY
from conference.settings import make
from conference.simulator import NUMBER, SimulatedTelnyx, Ways

ROOT = Path(__file__).parents[2]
SPEED = 40.0  # simulated seconds in a real one: the probe waits for minutes


@dataclass(frozen=True)
class Probed:
    """The account, and the app with the command."""

    telnyx: SimulatedTelnyx
    app: Flask
    port: int

    @property
    def ways(self) -> Ways:
        return self.telnyx.account.ways

    def flask(self, *arguments: str, input: str | None = None) -> Result:
        """Run `flask probe` with these arguments."""
        args = ["probe", *self.address, *arguments]
        return self.app.test_cli_runner().invoke(args=args, input=input)

    @property
    def address(self) -> tuple[str, ...]:
        """The arguments that name the address."""
        return ("--url", f"http://127.0.0.1:{self.port}", "--port", str(self.port))

    @property
    def environment(self) -> dict[str, str]:
        """The settings for a process of its own."""
        account = self.telnyx.account
        return {
            "FLASK_APP": str(ROOT / "app.py"),
            "TELNYX_API_KEY": API_KEY,
            "TELNYX_PUBLIC_KEY": account.public_key or "",
            "TELNYX_BASE_URL": self.telnyx.base_url,
            "TELNYX_NUMBER": NUMBER,
            "TELNYX_CONNECTION_ID": account.connection_id,
        }

    def answers(self, *questions: str) -> dict[str, Any]:
        """Return the records of these questions, or of all, by name."""
        only = [word for name in questions for word in ("--only", name)]
        done = self.flask("--yes", "--json", *only)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return {each["question"]: each for each in json.loads(done.stdout)["answers"]}

    @property
    def is_clean(self) -> bool:
        """Whether the account is as it was: no call, one application, and the number on it."""
        account = self.telnyx.account
        alive = [leg for leg in self.telnyx.legs if leg.state != "ended"]
        applications = [*account.applications, *account.texml_applications]
        at = account.number["connection_id"]
        return (alive, applications, at) == ([], [account.connection_id], account.connection_id)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def probed(**settings: Any) -> Iterator[Probed]:
    """Simulate an account whose line does not run."""
    key = SigningKey.generate()
    telnyx = SimulatedTelnyx("http://127.0.0.1:9/webhook", key, API_KEY, speed=SPEED)
    with telnyx:
        good = {
            "telnyx_api_key": API_KEY,
            "telnyx_public_key": key.verify_key,
            "telnyx_base_url": telnyx.base_url,
            "telnyx_number": NUMBER,
            "telnyx_connection_id": telnyx.account.connection_id,
            "time_factor": SPEED,
        }
        yield Probed(telnyx, create_app(make(**good | settings)), free_port())
