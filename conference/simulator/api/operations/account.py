"""Operations on the account as a whole: its ids, balance, key, and its calls."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from ...network.world import World
from .. import pages, views
from ..errors import refused
from ..requests import Json, Operate, ParsedRequest


def active_calls(world: World, request: ParsedRequest) -> Json:
    """List the calls of an application, of either kind."""
    if not world.account.connection(request.target):
        raise refused("no such address")
    rows = [
        (position, views.active_call(world, leg))
        for position, leg in enumerate(world.legs.values())
        if leg.state != "ended" and leg.connection_id == request.target
    ]
    path = f"/v2/connections/{quote(request.target)}/active_calls"
    return pages.by_cursor(rows, request.query, path)


def public_key(world: World, request: ParsedRequest) -> Json:
    """Show the account's public key. The description lacks this, but many programs use it."""
    if world.account.public_key is None:
        raise refused("no such address")
    return {"data": {"public": world.account.public_key}}


def whoami(world: World, request: ParsedRequest) -> Json:
    """Show the ids of the key's user. The description lacks this, too, and many programs use it."""
    ids = {"user_id": world.account.user_id, "organization_id": world.account.organization_id}
    return {"data": {"record_type": "whoami", "user_email": "owner@example.com", **ids}}


def balance(world: World, request: ParsedRequest) -> Json:
    """Show the balance, in USD. There is no credit."""
    amount = world.account.balance
    return {
        "data": {
            "record_type": "balance",
            "balance": amount,
            "available_credit": amount,
            "credit_limit": "0.00",
            "pending": "0.00",
            "currency": "USD",
        }
    }


OPERATIONS: Mapping[str, Operate] = {
    "ListConnectionActiveCalls": active_calls,
    "RetrievePublicKey": public_key,
    "Whoami": whoami,
    "GetUserBalance": balance,
}
