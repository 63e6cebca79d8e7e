"""The one way out: sends commands and requests to Telnyx. Only this package imports its SDK."""

from conference.telnyx_api.client import TelnyxApi
from conference.telnyx_api.responses import ApiResponse

__all__ = ["ApiResponse", "TelnyxApi"]
