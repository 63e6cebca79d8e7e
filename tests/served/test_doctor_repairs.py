"""What `flask doctor` says that `flask setup` repairs, it does: broken, found, repaired, gone."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dotenv
import pytest
from nacl.signing import SigningKey

from conference import create_app
from conference.doctor import Finding, examine
from conference.settings import load
from conference.setup.repairs import Repair
from conference.simulator import Account, SimulatedTelnyx

API_KEY = "KEY_of_the_simulated_account"
NUMBER, OTHER = "+13125550100", "+13125550199"
LINE = "https://127.0.0.1:9"  # nothing listens there, which is of no concern here
ANOTHER_KEY = base64.b64encode(bytes(SigningKey.generate().verify_key)).decode()


@dataclass(frozen=True)
class Owner:
    """Somebody whose line was set up by command, in this folder."""

    account: Account
    env: Path

    def sets_up(self) -> None:
        options = ["setup", "--yes", "--public-url", LINE, "--dial-out"]
        done = create_app().test_cli_runner().invoke(args=options)
        assert done.exit_code == 0, done.output

    def finds(self) -> dict[str, Finding]:
        return {each.fact: each for each in examine(load())}

    def application(self, **fields: Any) -> None:
        (row,) = self.account.applications.values()
        row.update(fields)

    def number(self, **fields: Any) -> None:
        self.account.number.update(fields)

    def set(self, **values: str) -> None:
        for name, value in values.items():
            if value:
                dotenv.set_key(self.env, name, value)
            else:
                dotenv.unset_key(self.env, name)


@pytest.fixture
def owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Owner]:
    telnyx = SimulatedTelnyx("", SigningKey.generate(), API_KEY)
    telnyx.account.empty((NUMBER,))
    with telnyx:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("TELNYX_BASE_URL", telnyx.base_url)
        monkeypatch.setenv("TELNYX_API_KEY", API_KEY)
        owner = Owner(telnyx.account, tmp_path / ".env")
        owner.sets_up()
        yield owner


CASES: list[tuple[Callable[[Owner], None], str, Repair]] = [
    (lambda o: o.env.chmod(0o644), "settings.env-file-exposed", Repair.ENV_FILE),
    (lambda o: o.set(TELNYX_PUBLIC_KEY=""), "settings.public-key", Repair.PUBLIC_KEY),
    (lambda o: o.set(TELNYX_PUBLIC_KEY=ANOTHER_KEY), "public-key.other", Repair.PUBLIC_KEY),
    (lambda o: o.set(TELNYX_CONNECTION_ID=""), "application.not-set", Repair.APPLICATION),
    (lambda o: o.set(TELNYX_CONNECTION_ID="42"), "application.missing", Repair.APPLICATION),
    (lambda o: o.application(active=False), "application.inactive", Repair.APPLICATION),
    (lambda o: o.application(webhook_api_version="1"), "application.api-version",
     Repair.APPLICATION),
    (lambda o: o.application(webhook_timeout_secs=1), "application.timeout", Repair.APPLICATION),
    (lambda o: o.application(webhook_event_url=None), "application.no-url", Repair.APPLICATION),
    (lambda o: o.application(webhook_event_url=LINE), "application.path", Repair.APPLICATION),
    (lambda o: o.number(connection_id=None), "number.no-application", Repair.NUMBER),
    (lambda o: o.set(TELNYX_NUMBER=OTHER), "number.not-owned", Repair.NUMBER),
    (lambda o: o.application(outbound={"outbound_voice_profile_id": None}), "outbound.no-profile",
     Repair.OUTBOUND),
    (lambda o: o.set(TELNYX_NUMBER=""), "outbound.not-set", Repair.OUTBOUND),
]  # fmt: skip


@pytest.mark.parametrize(("breaks", "fact", "repair"), CASES, ids=[case[1] for case in CASES])
def test_setup_repairs_what_the_doctor_says_it_does(
    owner: Owner, breaks: Callable[[Owner], None], fact: str, repair: Repair
) -> None:
    assert fact not in owner.finds()
    breaks(owner)
    assert owner.finds()[fact].repair == repair
    owner.sets_up()
    assert fact not in owner.finds()
