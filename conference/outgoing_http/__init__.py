"""Sends HTTP requests, each limited as a whole in time and size. Knows nothing of Telnyx."""

from conference.outgoing_http.answers import Response
from conference.outgoing_http.client import Client, NoAnswer, request
from conference.outgoing_http.proxies import proxy_variable
from conference.outgoing_http.received import BadAnswer

__all__ = ["BadAnswer", "Client", "NoAnswer", "Response", "proxy_variable", "request"]
