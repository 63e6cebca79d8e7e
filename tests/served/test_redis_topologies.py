"""Two processes with a crowd of callers on Redis with Sentinels, and on a Redis Cluster."""

from __future__ import annotations

from pathlib import Path

from rigs.crowd import stage
from rigs.played import played
from rigs.redis_servers import redis_cluster, sentinel_trio


def test_nobody_hears_of_a_failover_of_the_primary(tmp_path: Path) -> None:
    """At speed 1, so that 10 s are as long for callers as for the Sentinels."""
    with (
        sentinel_trio(tmp_path) as trio,
        stage(tmp_path, speed=1, redis_url=trio.url) as on,
    ):
        former = trio.primary
        with played(on, (5.0, former.kill), calls=20, lasts=10):
            assert trio.primary is not former
            assert 503 in {each.status for each in on.telnyx.webhooks}


def test_rooms_are_spread_over_a_cluster(tmp_path: Path) -> None:
    with (
        redis_cluster(tmp_path) as cluster,
        stage(tmp_path, speed=4, redis_url=cluster.url) as on,
        played(on, calls=12, lasts=8),
    ):
        rooms = []
        for node in cluster.nodes:
            with node.client() as client:
                rooms.append(len(list(client.scan_iter("conference:*:{*}:room"))))
        assert sum(rooms) == 3
        assert max(rooms) < 3
