"""One handler for each event type of Telnyx."""

from conference.core.handlers.calls_and_conferences import HANDLERS, handle

__all__ = ["HANDLERS", "handle"]
