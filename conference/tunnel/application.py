"""The application whose URL leads Telnyx to the line: finds it, reads its URL, and sets it."""

from __future__ import annotations

from conference.core.human_text import readable
from conference.core.origin import WEBHOOK
from conference.masking import hide_all_secrets, hide_numbers
from conference.settings import Settings
from conference.telnyx_api import ApiResponse, TelnyxApi
from conference.telnyx_records.applications import CALL_CONTROL, KINDS, Kind, Record
from conference.telnyx_records.numbers import connection
from conference.telnyx_records.numbers import find as find_number
from conference.telnyx_records.voice_url import voice_url
from conference.tunnel.trouble import Trouble

TRIES = 3  # of a change without an answer: setting a URL twice does no harm
LONGEST = 500  # characters of a text of Telnyx's that are shown
UNKNOWN = (400, 404, 422)  # statuses for an id that the account does not have


def shown(url: str) -> str:
    """Return a URL without its secrets, and without what a terminal would obey."""
    return readable(hide_all_secrets(url))[:LONGEST] or "none"


class Application:
    """An application of the account. `url` is its URL as it was read last."""

    def __init__(self, api: TelnyxApi, kind: Kind, id: str, record: Record) -> None:
        self._api, self.kind, self.id = api, kind, id
        self._record = record

    @property
    def url(self) -> str:
        return self.kind.address(self._record)

    @property
    def in_words(self) -> str:
        """Return whose URL it is: webhook URL of the application "Line"."""
        name = hide_numbers(self.kind.name_of(self._record) or self.id)[:60]
        return f'{self.kind.url_title} of the application "{readable(name)}"'

    def led(self, address: str, settings: Settings) -> str:
        """Return its URL at this address."""
        if self.kind is CALL_CONTROL:
            return address + WEBHOOK
        secret, rooms = settings.texml_secret, settings.rooms
        return voice_url(address, old=self.url, secret=secret, rooms=rooms)

    def read(self) -> None:
        """Read it again. Trouble if Telnyx does not show it."""
        answer = self._api.read(self.kind.path_of(self.id))
        if not isinstance(answer.data, dict):
            raise Trouble(_refusal(answer))
        self._record = answer.data

    def set(self, url: str) -> None:
        """Set its URL. Trouble if Telnyx does not accept that."""
        body = {self.kind.name: self._record.get(self.kind.name), self.kind.url: url}
        for _ in range(TRIES):
            answer = self._api.request("PATCH", self.kind.path_of(self.id), body=body)
            if isinstance(answer.data, dict):
                self._record = answer.data
                return
            if answer.status and not answer.is_transient:
                break
        raise Trouble(_refusal(answer))


def find(settings: Settings, api: TelnyxApi) -> Application:
    """Return the application of TELNYX_CONNECTION_ID, or else that of TELNYX_NUMBER.

    Trouble if there is none, or if Telnyx does not show it.
    """
    id = settings.telnyx_connection_id or _of_number(settings, api)
    for kind in KINDS:
        answer = api.read(kind.path_of(id))
        if isinstance(answer.data, dict):
            return Application(api, kind, id, answer.data)
        if answer.status not in UNKNOWN:
            raise Trouble(_refusal(answer))
    raise Trouble(
        f"the account has no application {readable(id)[:LONGEST]}. Set TELNYX_CONNECTION_ID to the "
        "ID that the Telnyx portal shows, Voice API applications, or run flask setup"
    )


def _of_number(settings: Settings, api: TelnyxApi) -> str:
    """Return the id of the application that TELNYX_NUMBER leads to."""
    unset = (
        "the application is not known. Set TELNYX_CONNECTION_ID to the ID that the Telnyx portal "
        "shows, Voice API applications, or run flask setup"
    )
    if not settings.telnyx_number:
        raise Trouble(unset)
    answer = api.read("/phone_numbers", {"filter[phone_number]": settings.telnyx_number})
    if not isinstance(answer.data, list):
        raise Trouble(_refusal(answer))
    id = connection(find_number(answer.data, settings.telnyx_number) or {})
    if not id:
        raise Trouble(f"TELNYX_NUMBER leads to no application, and {unset}")
    return id


def _refusal(answer: ApiResponse) -> str:
    """Return why Telnyx did not do it, and what to do."""
    if answer.status == 0:
        return "Telnyx does not answer. Check this machine's network and TELNYX_BASE_URL"
    if answer.status in (401, 403):
        where = "the Telnyx portal, Keys & Credentials, API Keys"
        refuses = f"Telnyx refuses TELNYX_API_KEY ({answer.status})"
        return f"{refuses}. Set it to one that is active in {where}"
    if answer.is_transient or answer.status == 429:
        return f"Telnyx has a problem ({answer.status}). Try again in a minute"
    return f"Telnyx refuses it ({answer.status}): {answer.detail}"
