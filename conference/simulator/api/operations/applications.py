"""Operations on the Call Control and the TeXML applications."""

from __future__ import annotations

from collections.abc import Mapping

from ...account import records
from ...account.records import Fields, Record
from ...network.world import World
from ..errors import refused
from ..requests import Operate
from .collection import Collection, contains


def _check(world: World, fields: Fields) -> None:
    """Refuse an outbound voice profile that the account does not have."""
    profile = (fields.get("outbound") or {}).get("outbound_voice_profile_id")
    if profile and profile not in world.account.profiles:
        raise refused("no such profile", "/outbound/outbound_voice_profile_id")


def _by_profile(row: Record, wanted: str) -> bool:
    return bool(row["outbound"].get("outbound_voice_profile_id") == wanted)


CALL_CONTROL = Collection(
    rows=lambda account: account.applications,
    new=records.application,
    check=_check,
    filters={
        "filter[application_name][contains]": contains("application_name"),
        "filter[outbound.outbound_voice_profile_id]": _by_profile,
    },
    sorts={
        "created_at": "created_at",
        "connection_name": "application_name",
        "active": "active",
    },
)
TEXML = Collection(
    rows=lambda account: account.texml_applications,
    new=records.texml_application,
    defaults=lambda account: {"voice_method": account.ways.texml_method},
    check=_check,
    filters={
        "filter[friendly_name]": contains("friendly_name"),
        "filter[outbound_voice_profile_id]": _by_profile,
    },
    sorts={"created_at": "created_at", "friendly_name": "friendly_name", "active": "active"},
)
OPERATIONS: Mapping[str, Operate] = {
    "ListCallControlApplications": CALL_CONTROL.list,
    "CreateCallControlApplication": CALL_CONTROL.create,
    "RetrieveCallControlApplication": CALL_CONTROL.read,
    "UpdateCallControlApplication": CALL_CONTROL.update,
    "DeleteCallControlApplication": CALL_CONTROL.delete,
    "FindTexmlApplications": TEXML.list,
    "CreateTexmlApplication": TEXML.create,
    "GetTexmlApplication": TEXML.read,
    "UpdateTexmlApplication": TEXML.update,
    "DeleteTexmlApplication": TEXML.delete,
}
