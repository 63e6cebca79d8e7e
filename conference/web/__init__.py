"""The HTTP side: a blueprint for each audience."""
