"""Everything that the processes of one line share through Redis. Used only with REDIS_URL."""
