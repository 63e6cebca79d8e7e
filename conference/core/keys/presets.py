"""Maps from sequences of keys to actions: those that callers know from other systems.

Several actions with spaces between them: the first that the participant's role may do counts.
"""

from __future__ import annotations

from collections.abc import Mapping

USUAL = "zoom"

PRESETS: Mapping[str, Mapping[str, str]] = {
    "zoom": {
        "*6": "mute",
        "*#": "count",
        "*1": "help",
        "*3": "moderator",
        "*4": "dial",
        "*5": "lock",
        "##": "mute-all",
        "*7": "mode",
        "*2": "next-hand",
        "*8": "chimes",
        "*9": "record hand",
        "*0": "end",
    },
    "asterisk": {
        "*1": "mute",
        "*2": "lock",
        "*3": "kick-last",
        "*0": "mute-all",
        **dict.fromkeys(("*4", "*6", "*7", "*9"), "volume"),
    },
    "freeswitch": {"0": "mute", **dict.fromkeys("123456789", "volume")},
}
"""zoom also has the keys of Teams and of the free conference lines. asterisk: of ConfBridge and
FreePBX. freeswitch: of mod_conference."""
