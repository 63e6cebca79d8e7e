"""The TeXML front door: what Telnyx fetches for a call, and what we ask of its TeXML commands."""
