"""Faults between Telnyx and the application, by chance."""
