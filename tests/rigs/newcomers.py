"""A newcomer: an account with a number, an API key, and an empty folder."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask.cli import load_dotenv
from nacl.signing import SigningKey
from rigs.keyboard import Keyboard

from conference import create_app
from conference.settings import env_file
from conference.settings.env_writing import EnvFile
from conference.simulator import Account, SimulatedTelnyx
from conference.simulator.account import records
from conference.simulator.account.account import now
from conference.simulator.api.description import problems

API_KEY = "KEY_of_the_simulated_account"
NUMBER, OTHER = "+13125550100", "+13125550101"
SIGNS = SigningKey(bytes(range(32)))
PUBLIC_KEY = base64.b64encode(bytes(SIGNS.verify_key)).decode()


@dataclass(frozen=True)
class Newcomer:
    telnyx: SimulatedTelnyx
    folder: Path

    @property
    def env(self) -> Path:
        return self.folder / ".env"

    def flask(self, *arguments: str, types: Keyboard | None = None) -> Result:
        """Run a command as `flask` does, which puts `.env` into the environment first.

        Without `types` it has no terminal.
        """
        environ = dict(os.environ)
        with suppress(UnicodeDecodeError):  # as with FLASK_SKIP_DOTENV
            load_dotenv()
        try:
            return create_app().test_cli_runner().invoke(args=arguments, input=types)
        finally:
            os.environ.clear()
            os.environ.update(environ)

    def runs(self, *options: str, types: Keyboard | None = None) -> Result:
        """Run `flask setup`."""
        return self.flask("setup", *options, types=types)

    def sent(self) -> list[str]:
        """Return the requests that change something, as `POST /path`."""
        return [f"{r.method} {r.path}" for r in self.telnyx.requests if r.method != "GET"]

    @property
    def account(self) -> Account:
        return self.telnyx.account

    @property
    def application(self) -> dict[str, Any]:
        (row,) = self.account.applications.values()
        return row

    @property
    def profile(self) -> dict[str, Any]:
        (row,) = self.account.profiles.values()
        return row

    def has(self, **fields: Any) -> None:
        """Change the application behind the line's back."""
        self.application.update(fields)

    def sets(self, **settings: str) -> None:
        EnvFile().write(settings)

    def unset(self, *names: str) -> None:
        kept = {name: value for name, value in env_file.read().items() if name not in names}
        self.env.unlink()
        self.sets(**kept)

    def dials(self, **fields: Any) -> None:
        """Let the application call people, by another program's profile with these fields."""
        id = self.account.new_id()
        self.account.profiles[id] = records.profile(id, now(), {"name": "theirs", **fields})
        self.has(outbound={"channel_limit": None, "outbound_voice_profile_id": id})
        self.sets(DIAL_ALLOW="+1312")

    def texml(self, voice_url: str) -> str:
        """Add a TeXML application. Return its id."""
        id = self.account.new_id()
        row = records.texml_application(id, now(), {"friendly_name": "IVR", "voice_url": voice_url})
        self.account.texml_applications[id] = row
        return id

    def moves_number(self, id: str) -> str:
        """Put the number on the application with this id, or on none. Return the id."""
        self.account.number["connection_id"] = id or None
        return id


@contextmanager
def newcomer(folder: Path, environ: pytest.MonkeyPatch) -> Iterator[Newcomer]:
    """Serve the account. Each request that changes something must be valid."""
    telnyx = SimulatedTelnyx("", SIGNS, API_KEY)
    telnyx.account.empty((NUMBER,))
    with telnyx:
        environ.chdir(folder)
        environ.setenv("TELNYX_BASE_URL", telnyx.base_url)
        environ.setenv("TELNYX_API_KEY", API_KEY)
        yield Newcomer(telnyx, folder)
        for request in telnyx.requests:
            if request.method != "GET" and request.status != 401:  # then the body was not read
                assert problems(request.method, request.path, request.body) == []
