"""Checks of the Redis that several processes share."""

from __future__ import annotations

from conference.registry.unavailable import Unavailable
from conference.settings import Settings

from .finding import Finding, failure, ok


def examine(settings: Settings) -> Finding:
    """Does Redis answer, and may its version and settings be used?"""
    from conference.registry.redis.connection import connect, reason_against, servers

    client = connect(settings.redis_url)
    try:
        reason = reason_against(client)
        if reason:
            return failure("Redis", reason, "Until then the server does not start.")
        found = servers(client)
    except Unavailable as error:
        return failure("Redis", str(error), "Start Redis, or correct REDIS_URL.")
    finally:
        client.close()
    versions, policies = (
        ", ".join(sorted({str(each[name]) for each in found}))
        for name in ("redis_version", "maxmemory_policy")
    )
    return ok("Redis", f"version {versions} answers; its maxmemory-policy is {policies}")
