"""Rooms whose callers come by TeXML's <Dial><Conference>.

Telnyx lets them in by itself and reports it by status callbacks. Our commands only mute, hold and
kick them, and dial others.
"""
