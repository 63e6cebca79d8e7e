"""The one way out: commands and requests, sent to Telnyx. Only this package imports its SDK."""

from conference.telnyx_api.client import ApiResponse, TelnyxApi

__all__ = ["ApiResponse", "TelnyxApi"]
