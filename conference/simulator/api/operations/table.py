"""What each operation does, by its name. The functions stand in modules by subject."""

from __future__ import annotations

from collections.abc import Mapping

from ...texml import operations as on_texml
from ...texml import participant_operations as on_texml_participants
from ..asked import Operate
from . import (
    account as on_account,
)
from . import (
    calls as on_calls,
)
from . import (
    conferences as on_conferences,
)
from . import (
    queues as on_queues,
)
from . import (
    sound as on_sound,
)

OPERATIONS: Mapping[str, Operate] = {
    **on_calls.OPERATIONS,
    **on_conferences.OPERATIONS,
    **on_sound.OPERATIONS,
    **on_queues.OPERATIONS,
    **on_account.OPERATIONS,
    **on_texml.OPERATIONS,
    **on_texml_participants.OPERATIONS,
}
