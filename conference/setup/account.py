"""The account at Telnyx and the `.env` file: all that `flask setup` reads and changes."""

from __future__ import annotations

from collections.abc import Mapping

from conference.settings import Settings
from conference.settings.env_writing import EnvFile
from conference.setup import acting, reading
from conference.setup.found import Found
from conference.setup.step import Step
from conference.telnyx_api import TelnyxApi

PATIENCE = 15.0  # seconds for an answer: nobody waits on the phone


class Account:
    """The account of an API key. Close it at the end."""

    def __init__(self, api_key: str, settings: Settings, env_file: EnvFile) -> None:
        self._api_key, self._settings, self._env_file = api_key, settings, env_file
        self._api = TelnyxApi(api_key, settings.telnyx_base_url, patience=PATIENCE)

    def read(self) -> Found:
        """Return what there is. reading.Unreadable."""
        exposed = self._env_file.is_exposed()
        return reading.read(self._api, self._api_key, self._settings, exposed=exposed)

    def carry_out(self, step: Step, ids: Mapping[str, str]) -> Mapping[str, str]:
        """Carry out the step. Return the ids that are known then. acting.Failed."""
        return acting.carry_out(step, self._api, self._env_file, ids)

    def close(self) -> None:
        self._api.close()
