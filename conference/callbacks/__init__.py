"""Sends signed status callbacks to the addresses in the settings."""
