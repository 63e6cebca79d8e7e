"""What each operation does, by its name. The functions stand in modules by subject."""

from __future__ import annotations

from collections.abc import Mapping

from . import (
    on_account,
    on_calls,
    on_conferences,
    on_queues,
    on_sound,
    on_texml,
    on_texml_participants,
)
from .asked import Operate

OPERATIONS: Mapping[str, Operate] = {
    **on_calls.OPERATIONS,
    **on_conferences.OPERATIONS,
    **on_sound.OPERATIONS,
    **on_queues.OPERATIONS,
    **on_account.OPERATIONS,
    **on_texml.OPERATIONS,
    **on_texml_participants.OPERATIONS,
}
