"""The kinds of values of a room's settings, for the environment and the rooms file."""

from __future__ import annotations

from conference.core.schema.kind import Kind
from conference.core.schema.kinds import Choice, Integer, Number, Switch
from conference.core.schema.texts import Address, Pattern, Text
from conference.core.texml.attributes import BEEPS, BY_NAME

REGIONS = ("Australia", "Europe", "Middle East", "US")
LANGUAGES = (
    *("arb", "cmn-CN", "cy-GB", "da-DK", "de-DE", "en-AU", "en-GB", "en-GB-WLS", "en-IN", "en-US"),
    *("es-ES", "es-MX", "es-US", "fr-CA", "fr-FR", "hi-IN", "is-IS", "it-IT", "ja-JP", "ko-KR"),
    *("nb-NO", "nl-NL", "pl-PL", "pt-BR", "pt-PT", "ro-RO", "ru-RU", "sv-SE", "tr-TR"),
)
"""Those that Telnyx's description of `speak` has; it refuses every other one."""
LANGUAGE = Pattern(
    pattern="|".join(LANGUAGES),
    says=f"a language as Telnyx names it, such as en-GB: {', '.join(LANGUAGES)}",
    example="en-GB",
)

KINDS: dict[str, Kind] = {
    "greeting_first": Text(least=0),
    "greeting_next": Text(least=0),
    "voice": Text(),
    "language": LANGUAGE,
    "hold_audio_url": Address(encoded=True),
    "beep": BEEPS,
    "comfort_noise": Switch(says="yes or no"),
    "duration_minutes": Integer(0, 240),
    "max_participants": Integer(2, 800),
    "region": Choice(REGIONS),
    "alone_minutes": Number(0, 240),
    "status_callback": BY_NAME["statusCallback"].kind,
    "status_callback_method": BY_NAME["statusCallbackMethod"].kind,
    "status_callback_event": BY_NAME["statusCallbackEvent"].kind,
}
"""By the names of the fields of RoomSettings."""
