"""Tells the other processes on Redis at once that a worker was killed, as its master sees it.

Else they notice within seconds, in which nobody sends the commands for the worker's rooms.
"""

from __future__ import annotations

from conference.registry.unavailable import Unavailable
from conference.serving.instance_lock import application_name
from conference.settings import Settings


def announce_end(settings: Settings, pid: int) -> None:
    """Announce the end of the worker with this number. Without Redis there is nobody to hear it."""
    if not settings.redis_url:
        return
    from conference.registry.redis import homes
    from conference.registry.redis.connection import connect
    from conference.registry.redis.keys import Keys

    application = application_name(settings.telnyx_base_url, settings.telnyx_connection_id)
    client = connect(settings.redis_url)
    try:
        homes.announce_end(client, Keys(application), pid)
    except Unavailable:
        pass  # the others will notice
    finally:
        client.close()
