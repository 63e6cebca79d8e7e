"""Requests about the Telnyx account and no room."""
