"""What an operation is given and gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..network.world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request that fits the description.

    resource: the first word of its path; target: the first id or name in it, or ""; part: the
    second one, or "". account: the account_sid in a path of TeXML's, of which resource, target and
    part are what follows.
    """

    resource: str
    target: str
    part: str
    body: Mapping[str, Any]
    query: Mapping[str, str]
    account: str = ""


Operate = Callable[[World, Asked], Json]
"""Called with the world's lock held; raises Refused. An empty answer is a 204."""

OK: Json = {"data": {"result": "ok"}}
