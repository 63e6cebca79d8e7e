"""Rooms whose callers come by TeXML's <Dial><Conference>: what is known of them, and what is done.

Telnyx lets them in by itself and says so by status callbacks; we only say who is muted or on hold,
and who goes.
"""
