"""The words of a room: translations of the line's sentences, over those of all rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conference.core.schema.parameters import Wrong
from conference.core.schema.texts import Label
from conference.core.sentences import SENTENCES
from conference.rooms_file.values import checked, shown

TRANSLATION = Label(200)
PLACE = re.compile(r"\{[a-z]+\}")


def read(
    given: Mapping[str, Any], usual: Mapping[str, str], place: str, wrong: list[Wrong]
) -> Mapping[str, str]:
    """Return the translations, by sentence. An empty one stands for English.

    Unknown sentences are left out.
    """
    found = {**usual}
    for sentence in SENTENCES:
        if sentence in given:
            try:
                found[sentence] = _translation(sentence, given[sentence])
            except ValueError as error:
                wrong.append(Wrong(f"{place}.{shown(sentence)}", str(error)))
    return {sentence: text for sentence, text in found.items() if text}


def _translation(sentence: str, given: Any) -> str:
    """Return the translation. ValueError says what is wrong with it."""
    text = str(checked(TRANSLATION, given))
    places, stray = sorted(PLACE.findall(sentence)), {*"{}"} & {*PLACE.sub("", text)}
    if text and (sorted(PLACE.findall(text)) != places or stray):
        must_be = f"{' and '.join(places)} once" if places else "nothing in braces"
        raise ValueError(f"must have {must_be}, as in English")
    return text
