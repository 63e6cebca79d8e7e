"""Checks of the keys of the account at Telnyx, and of the clock."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from conference.settings import Settings
from conference.signature import TOLERANCE, public_key
from conference.telnyx_api import ApiResponse
from conference.telnyx_records.public_key import shown

from . import web
from .finding import Fact

NOTICEABLE = 30  # seconds of difference between clocks from which it is reported


def key(settings: Settings, answer: ApiResponse) -> Fact:
    """Does Telnyx accept the API key? `answer` is the one to the first request."""
    base, status = settings.telnyx_base_url, answer.status
    address = web.shown(base)
    if status == 0:
        cause = web.cause(answer.error, base)
        if proxy := web.by_proxy(base):
            return Fact("api-key.no-answer-by-proxy", base=address, cause=cause, proxy=proxy)
        return Fact("api-key.no-answer", base=address, cause=cause)
    if status == 401:
        return Fact("api-key.refused", status=status)
    if status == 403:
        return Fact("api-key.not-allowed", detail=f": {answer.detail}" if answer.detail else "")
    if status == 429:
        return Fact("api-key.limited")
    if answer.is_transient:
        return Fact("api-key.trouble", status=status)
    if not isinstance(answer.data, list):
        return Fact("api-key.not-telnyx", base=address, status=status)
    return Fact("api-key.ok", base=address)


def signing_key(settings: Settings, answer: ApiResponse) -> Fact:
    """Is TELNYX_PUBLIC_KEY the key that Telnyx signs with?"""
    if settings.telnyx_public_key is None:
        return Fact("public-key.not-checked", first="TELNYX_PUBLIC_KEY")
    theirs = shown(answer.data)
    if not theirs:
        return Fact("public-key.not-shown", status=answer.status)
    if public_key(theirs) != settings.telnyx_public_key:
        return Fact("public-key.other")
    return Fact("public-key.ok")


def clock(answer: ApiResponse, now: float) -> Fact:
    """Compare our clock with the Date of an answer that came at `now`, in Unix seconds."""
    try:
        ahead = now - parsedate_to_datetime(answer.date).timestamp()
    except (ValueError, OverflowError):
        return Fact("clock.not-dated")
    off = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'}"
    if abs(ahead) > TOLERANCE:
        return Fact("clock.wrong", off=off)
    if abs(ahead) > NOTICEABLE:
        return Fact("clock.drifts", off=off)
    return Fact("clock.ok")
