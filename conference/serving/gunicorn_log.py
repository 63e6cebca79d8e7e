"""gunicorn's own log as JSON, from its first line on, for LOG_FORMAT=json."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from conference.reporting.json_log import JsonFormatter


class JsonLogger(Logger):  # type: ignore[misc]
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())
