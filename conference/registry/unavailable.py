"""The errors of a registry that cannot be reached, or not be read."""


class Unavailable(Exception):
    """The registry cannot be reached: nothing was read or saved. The text gives the reason."""


class Unreadable(Unavailable):
    """The room was saved by another release, in a form that this one cannot read."""
