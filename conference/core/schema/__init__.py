"""The kinds of values that settings and requests have."""
