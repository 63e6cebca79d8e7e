"""Operations on outbound voice profiles, without which an application cannot dial."""

from __future__ import annotations

from collections.abc import Mapping

from ...account import records
from ...account.records import Record
from ...network.world import World
from ..requests import Operate
from .collection import Collection, contains


def _shown(world: World, row: Record) -> Record:
    """Return a profile with the number of applications that use it."""
    account = world.account
    of_all = (*account.applications.values(), *account.texml_applications.values())
    uses = sum(account.profile_of(each) is row for each in of_all)
    return {**row, "connections_count": uses}


PROFILES = Collection(
    rows=lambda account: account.profiles,
    new=records.profile,
    show=_shown,
    filters={"filter[name][contains]": contains("name")},
    sorts={name: name for name in ("enabled", "created_at", "name")},
)
OPERATIONS: Mapping[str, Operate] = {
    "ListOutboundVoiceProfiles": PROFILES.list,
    "CreateVoiceProfile": PROFILES.create,
    "GetOutboundVoiceProfile": PROFILES.read,
    "UpdateOutboundVoiceProfile": PROFILES.update,
    "DeleteOutboundVoiceProfile": PROFILES.delete,
}
