"""A script in Lua: what Redis does in one step."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha1
from typing import Any

from redis import Redis
from redis.exceptions import NoScriptError

from conference.registry.redis.connection import unavailable


class Script:
    """A script, which Redis knows by its digest after the first use."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.digest = sha1(text.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, client: Redis, keys: Sequence[str], *arguments: object) -> Any:
        """Run the script and return its answer. Unavailable if Redis cannot be reached."""
        with unavailable():
            try:
                return client.evalsha(self.digest, len(keys), *keys, *map(str, arguments))
            except NoScriptError:
                return client.eval(self.text, len(keys), *keys, *map(str, arguments))
