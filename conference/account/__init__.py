"""Requests of the Telnyx account that concern no room."""
