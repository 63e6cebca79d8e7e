"""The effects of Telnyx's responses to our commands."""
