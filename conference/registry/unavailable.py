"""The error of a registry that cannot be reached."""


class Unavailable(Exception):
    """The registry cannot be reached: nothing was read or saved. The text gives the reason."""
