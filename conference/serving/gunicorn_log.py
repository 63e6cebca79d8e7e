"""gunicorn's own logs: they never block, and with LOG_FORMAT=json the error log is JSON."""

from __future__ import annotations

import logging
from typing import Any

from gunicorn.glogging import Logger

from conference.reporting.json_log import JsonFormatter
from conference.reporting.unblocked_log import UnblockedHandler
from conference.settings import load


class UnblockedLogger(Logger):  # type: ignore[misc]
    """Replaces gunicorn's handlers for stderr and stdout. Files, syslog and `--log-config` stay."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for each in (self.error_log, self.access_log):
            each.handlers[:] = [_unblocked(handler) for handler in each.handlers]
        if load().log_format == "json":
            for handler in self.error_log.handlers:
                handler.setFormatter(JsonFormatter())


def _unblocked(handler: Any) -> logging.Handler:
    if type(handler) is not logging.StreamHandler or not getattr(handler, "_gunicorn", False):
        return handler  # type: ignore[no-any-return]
    unblocked: Any = UnblockedHandler(handler.stream)
    unblocked.setFormatter(handler.formatter)
    unblocked._gunicorn = True  # so that gunicorn removes it when it reloads
    return unblocked  # type: ignore[no-any-return]
