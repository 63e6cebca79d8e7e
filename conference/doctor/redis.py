"""Checks of the Redis that several processes share."""

from __future__ import annotations

from conference.registry.unavailable import Unavailable
from conference.settings import Settings

from .finding import Fact


def examine(settings: Settings) -> Fact:
    """Does Redis answer, and may its version and settings be used?"""
    from conference.registry.redis.connection import connect, reason_against, servers

    client = connect(settings.redis_url)
    try:
        reason = reason_against(client)
        if reason:
            return Fact("redis.unusable", reason=reason)
        found = servers(client)
    except Unavailable as error:
        return Fact("redis.out-of-reach", reason=error)
    finally:
        client.close()
    versions, policies = (
        ", ".join(sorted({str(each[name]) for each in found}))
        for name in ("redis_version", "maxmemory_policy")
    )
    return Fact("redis.ok", versions=versions, policies=policies)
