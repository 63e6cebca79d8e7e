"""The account in the addresses of TeXML's REST API: AccountSid, or the organization of /whoami."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rigs.scripted_server import Connection, ScriptedServer, response

from conference.core import commands
from conference.core.outcomes.meanings import meaning
from conference.outgoing_http import Response
from conference.reporting.telnyx_errors import error_of
from conference.telnyx_api import TelnyxApi
from conference.telnyx_api.accounts import AGAIN_AFTER, Accounts
from conference.telnyx_api.responses import Refused

Connect = Callable[..., TelnyxApi]
HOLD = commands.Hold("X", ("v2:1",), account="user")
SNAPSHOT = commands.TakeSnapshot("demo", conference="X", account="user")
ORGANIZATION = {"data": {"organization_id": "org", "user_id": "user"}}
NOT_FOUND = {"errors": [{"code": "10005", "title": "Resource not found"}]}


class Telnyx:
    """Takes the requests about one account, and answers 404 for another one's."""

    def __init__(self, takes: str, whoami: Any = ORGANIZATION) -> None:
        self.takes, self.whoami = takes, whoami
        self.paths: list[str] = []

    def __call__(self, connection: Connection) -> None:
        while request := connection.request():
            _, path, _ = request.split(b"\r\n")[0].decode().split(" ")
            self.paths.append(path.removeprefix("/v2").split("?")[0])
            status, body = self._answer(self.paths[-1])
            connection.send(response(json.dumps(body).encode(), status=status))

    def _answer(self, path: str) -> tuple[str, Any]:
        if path == "/whoami":
            return ("200 OK", self.whoami) if self.whoami else ("404 No", NOT_FOUND)
        if not path.startswith(f"/texml/Accounts/{self.takes}/"):
            return "404 No", NOT_FOUND
        return "200 OK", {"status": "in-progress", "participants": []}


def test_the_organization_is_tried_where_the_account_is_not_found(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    telnyx = Telnyx(takes="org")
    with ScriptedServer(telnyx) as server:
        api = connect("KEY", f"{server.url}/v2")
        outcomes = [api.send(HOLD), api.send(HOLD), api.send(SNAPSHOT)]
    assert [outcome.status for outcome in outcomes] == [200, 200, 200]
    assert [outcome.command for outcome in outcomes] == [HOLD, HOLD, SNAPSHOT]
    in_org = "/texml/Accounts/org/Conferences/X"
    user = in_org.replace("org", "user") + "/Participants/v2%3A1"
    hold = f"{in_org}/Participants/v2%3A1"
    lists = [in_org, f"{in_org}/Participants"]
    assert telnyx.paths == [user, "/whoami", hold, hold, *lists], "asked once, and remembered"
    (line,) = [record.getMessage() for record in caplog.records if "organization" in record.msg]
    assert "user" in line and "org" in line


def test_an_account_that_has_worked_is_not_doubted(connect: Connect) -> None:
    telnyx = Telnyx(takes="user")
    with ScriptedServer(telnyx) as server:
        api = connect("KEY", f"{server.url}/v2")
        first = api.send(HOLD)
        telnyx.takes = "nobody"  # the participant has left
        second = api.send(HOLD)
    assert (first.status, second.status, second.code) == (200, 404, "10005")
    assert "/whoami" not in telnyx.paths


@pytest.mark.parametrize("whoami", [None, {}, {"data": []}, {"data": {"organization_id": 7}}])
def test_without_an_organization_it_is_a_404_and_the_log_names_the_account(
    connect: Connect, whoami: Any
) -> None:
    telnyx = Telnyx(takes="nobody", whoami=whoami)
    with ScriptedServer(telnyx) as server:
        api = connect("KEY", f"{server.url}/v2")
        hold, listing = api.send(HOLD), api.send(SNAPSHOT)
    assert (hold.status, meaning(hold)) == (404, "not inside")
    assert (listing.status, listing.data, meaning(listing)) == (404, None, "no conference")
    assert telnyx.paths.count("/whoami") == 1, "not with each request"
    for outcome in (hold, listing):
        _, line = error_of(outcome)
        assert line == (
            f"Telnyx refuses {outcome.command.name} (404): "
            "10005 Resource not found (TeXML account user)"
        )


def test_neither_id_is_remembered_while_neither_works(connect: Connect) -> None:
    """A participant who has just left is answered 404 by the right account, too."""
    telnyx = Telnyx(takes="nobody")
    with ScriptedServer(telnyx) as server:
        api = connect("KEY", f"{server.url}/v2")
        assert api.send(HOLD).status == 404
        telnyx.takes = "org"
        assert api.send(HOLD).status == 200
    assert telnyx.paths.count("/whoami") == 1


def test_an_organization_that_cannot_be_read_is_read_again_later() -> None:
    now, reads = [0.0], []

    def whoami() -> Response:
        reads.append(now[0])
        return Response(503, {}, b"")

    def send(account: str) -> None:
        raise Refused(Response(404, {}, b""))

    accounts = Accounts(whoami, clock=lambda: now[0])
    for now[0] in (0.0, AGAIN_AFTER - 1, AGAIN_AFTER):
        with pytest.raises(Refused):
            accounts.send("user", send)
    assert reads == [0.0, AGAIN_AFTER]
