"""Serves the figures of this machine to Prometheus."""

from __future__ import annotations

from flask import Blueprint, Response, request

from conference.reporting.metrics import Uncounted
from conference.web.access import METRICS, require_metrics_reader
from conference.web.problems import Problem
from conference.web.services import services

NOT_INSTALLED = (
    "Nothing is counted: Prometheus's client is not installed. "
    "Run pip install -r requirements-scaling.txt, and restart the server."
)

metrics = Blueprint("metrics", __name__)


@metrics.get(METRICS)
def figures() -> Response:
    """Answer with the figures of all workers, to a bearer of METRICS_TOKEN or CONTROL_TOKEN."""
    require_metrics_reader()
    counted = services().metrics
    if isinstance(counted, Uncounted):
        raise Problem("not-counted", NOT_INSTALLED)
    text, content_type = counted.text(request.headers.get("Accept", ""))
    return Response(text, headers={"Cache-Control": "no-store"}, content_type=content_type)
