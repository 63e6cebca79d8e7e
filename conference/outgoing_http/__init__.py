"""Sends HTTP requests, each limited as a whole in time and size. Knows nothing of Telnyx."""

from conference.outgoing_http.bounded_request import NoAnswer, Response, request

__all__ = ["NoAnswer", "Response", "request"]
