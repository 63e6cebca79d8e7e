"""LOG_FORMAT=json: each line of the log is a JSON object."""

from __future__ import annotations

import json
import logging

from conference.clock import iso
from conference.reporting.redaction import Formatter


class JsonFormatter(Formatter):
    """Formats `time` (ISO 8601 in UTC), `level`, `logger`, `message`, and `exception` if any."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": iso(record.created, precise=True),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)
