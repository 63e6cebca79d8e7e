"""The functions that carry the API's operations out, by operation name."""

from __future__ import annotations

from collections.abc import Mapping

from ...texml import operations as texml
from ...texml import participant_operations as texml_participants
from ..requests import Operate
from . import (
    account,
    applications,
    calls,
    conferences,
    deliveries,
    numbers,
    profiles,
    queues,
    recordings,
    sound,
)

OPERATIONS: Mapping[str, Operate] = {
    **calls.OPERATIONS,
    **conferences.OPERATIONS,
    **sound.OPERATIONS,
    **queues.OPERATIONS,
    **recordings.OPERATIONS,
    **account.OPERATIONS,
    **applications.OPERATIONS,
    **numbers.OPERATIONS,
    **profiles.OPERATIONS,
    **deliveries.OPERATIONS,
    **texml.OPERATIONS,
    **texml_participants.OPERATIONS,
}
