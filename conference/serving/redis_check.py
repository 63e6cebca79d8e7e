"""Examines the Redis of REDIS_URL before anything is served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conference.registry.unavailable import Unavailable
from conference.settings import Problem, Settings


def with_redis_examined(settings: Settings, warn: Callable[[str], object]) -> Settings:
    """Add a problem if this Redis must not be used.

    A Redis that cannot be reached is no problem but a warning: it may still be starting, and until
    then each webhook is refused with 503, so that Telnyx delivers it again.
    """
    if not settings.redis_url:
        return settings
    from conference.registry.redis.connection import connect, reason_against

    client = connect(settings.redis_url)
    try:
        reason = reason_against(client)
    except Unavailable as error:
        warn(f"{error}. Calls are served when it answers, without another start")
        return settings
    finally:
        client.close()
    found = (Problem("REDIS_URL", reason),) if reason else ()
    return replace(settings, problems=(*settings.problems, *found))
