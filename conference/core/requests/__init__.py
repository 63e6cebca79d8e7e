"""The requests of moderators and programs."""
