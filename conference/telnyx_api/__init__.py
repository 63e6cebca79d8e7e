"""The one way out: commands and requests, sent to Telnyx. Only this package imports its SDK."""

from conference.telnyx_api.client import Answer, TelnyxApi

__all__ = ["Answer", "TelnyxApi"]
