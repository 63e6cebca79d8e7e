"""The kinds of values of settings and requests."""
