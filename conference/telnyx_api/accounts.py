"""The account in the addresses of TeXML's REST API.

Callbacks name it as AccountSid. That is the user's id by one page of Telnyx's, and the
organization's by others; with the wrong one every request is answered 404.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from conference.outgoing_http import NoAnswer, Response
from conference.telnyx_api.responses import Refused, clean, json_object

log = logging.getLogger(__name__)

T = TypeVar("T")
AGAIN_AFTER = 60.0  # real seconds until /whoami is read again, if it named no organization
LONGEST_ID = 100  # characters


class Accounts:
    """Sends requests about an account with the id that Telnyx takes for it.

    `whoami`: the response to GET /whoami, with the same API key.
    """

    def __init__(
        self, whoami: Callable[[], Response], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._whoami, self._clock = whoami, clock
        self._known: dict[str, str] = {}  # by AccountSid, the id that has worked
        self._organization, self._read_at = "", -AGAIN_AFTER

    def send(self, account: str, send: Callable[[str], T]) -> T:
        """Call `send` with the account's id; after a 404, with the organization's id as well.

        An id that has worked is kept. With neither working, raise the 404 of the first.
        """
        id = self._known.get(account, account)
        try:
            result = send(id)
        except Refused as refused:
            if refused.answer.status != 404 or account in self._known:
                raise
            organization = self._read_organization()
            if organization in ("", account):
                raise
            try:
                result, id = send(organization), organization
            except Refused as again:
                raise refused if again.answer.status == 404 else again from None
            log.warning(
                "Telnyx answers 404 for account %s, as its callbacks name it, and takes %s, the "
                "organization of /whoami: using that one",
                *(clean(account), organization),
            )
        self._known[account] = id
        return result

    def _read_organization(self) -> str:
        """Return the organization's id; empty if it cannot be read."""
        if self._organization or self._clock() - self._read_at < AGAIN_AFTER:
            return self._organization
        self._read_at = self._clock()
        try:
            answer = self._whoami()
        except NoAnswer:
            return ""
        data = json_object("GET /whoami", answer.body).get("data") if answer.status == 200 else {}
        id = data.get("organization_id") if isinstance(data, dict) else ""
        self._organization = id if isinstance(id, str) and 0 < len(id) <= LONGEST_ID else ""
        return self._organization
