"""Stand-ins: harmless values in place of private ones, the same for the same value.

They depend on a key that all processes of a line share and no recording has. So processes that
write the same folder agree, also after a restart, and nobody can guess the values from them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from conference.core.announcements.names import MOST_DIGITS
from conference.core.origin import CHIME, MUSIC, TEXML, WEBHOOK
from conference.core.schema.phone_numbers import compact
from conference.core.texml.roles import LABELLED
from conference.masking import digits_of, hide_texml_path, replace_numbers

NUMBERS = 80_000  # +1 200 555 0100 to +1 999 555 0199: fictitious in each area
OTHERS = 100_000  # addresses
SHORTEST = 7  # digits of a number that `replace_numbers` finds
CACHED, CACHED_LENGTH = 8192, 100  # texts; their characters: the same ids and names come often
CALLER, LETTERS = "Caller ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
KEYS = "0123456789"
NO_KEYS = "ABCD"  # keys of the standard that no telephone has: in place of digits that are no PIN

_URL = re.compile(r"""[A-Za-z][\w+.-]{0,30}://[^\s"'<>]+""", re.ASCII)
_OF_A_ROLE = re.compile(f"({'|'.join(LABELLED)}) [0-9a-f]{{12}}")  # the line's own, by TeXML
_SIP = re.compile(  # with its password and parameters; and a mail address
    r"""(\bsips?:)[^\s"'<>,]+|(?<![^\s@"'<>:;/])[^\s@"'<>:;/]+@[^\s"'<>,]+""", re.IGNORECASE
)
_NETWORK = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)")  # an address of a network
_PUNCTUATION = ".:!?)"  # after an address: the text's
_TOKEN = re.compile(r"\w+|\W")
_OWN = re.compile(f"({re.escape(WEBHOOK)}|{MUSIC}|{CHIME}|{TEXML}(?:/.*)?)/?$")


class StandIns:
    """`pins`: of all rooms. `secrets`: texts that may appear nowhere. `said`: the line's own
    sentences: a name that is a word of them stays, or they would change. `key`: as above."""

    def __init__(
        self,
        key: bytes,
        pins: Iterable[str] = (),
        secrets: Iterable[str] = (),
        said: Iterable[str] = (),
    ) -> None:
        self._key = key
        self._said = "\n".join(said)
        self._cached = lru_cache(CACHED)(self._any)
        self._chosen: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._taken: defaultdict[str, set[int]] = defaultdict(set)
        self._secrets = sorted(filter(None, secrets), key=len, reverse=True)
        self._phrases: defaultdict[str, dict[str, str]] = defaultdict(dict)  # by their first words
        self._pins: dict[str, str] = {}
        real = {*pins}
        for pin in sorted(real, key=self._digest):
            self._pins[pin] = self._for_pin(pin, {*real, *self._pins.values()})
            self.phrase(pin, self._pins[pin])

    def number(self, number: str) -> str:
        """Return a fictitious number without + for the digits of a phone number."""
        digits = digits_of(number)
        abroad = "00" if digits.startswith("00") else ""
        area, last = divmod(self._choose("number", digits.removeprefix("00"), NUMBERS), 100)
        return f"{abroad}1{200 + area}55501{last:02}"

    def party(self, party: str) -> str:
        """Return a stand-in for the number or SIP address of a caller, however short."""
        if "<" in party:  # a display name before it
            return f"<{self.party(party.rpartition('<')[2].partition('>')[0])}>"
        digits = compact(party)
        if digits:
            return ("+" if digits.startswith("+") else "") + self.number(digits)
        return self.text(party)

    def name(self, name: str) -> str:
        """Return "Caller 4711" for a name, or shorter: in as many bytes, which take as long to say.

        One that may be a phone number keeps looking like it: it is not spoken.
        """
        if not name.strip() or _OF_A_ROLE.fullmatch(name):
            return name
        if compact(name):
            return self.party(name)
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", self._said):
            return name
        length = len(name.encode(errors="replace"))
        many = sum(each.isdigit() for each in name) > MOST_DIGITS
        digits = min(MOST_DIGITS + many, length - 1)
        n = self._choose(f"name of {length}, {many}", name, 10**digits if digits else len(LETTERS))
        word = CALLER[: length - digits] if digits else LETTERS[n]
        chosen = f"{word}{n:0{digits}}" if digits else word
        chosen = chosen.ljust(length, ".")
        self.phrase(name, chosen)
        return chosen

    def phrase(self, phrase: str, stand_in: str) -> None:
        """Replace this phrase in all later sentences."""
        begins = _TOKEN.match(phrase)
        if begins:
            self._phrases[begins[0]][phrase] = stand_in

    def sentence(self, text: str) -> str:
        """Return spoken or written words without names, PINs and what `text` replaces."""
        return self._public(self._without_phrases(text), self._in_place)

    def _without_phrases(self, text: str) -> str:
        """Replace the longest phrase at each word. Its cost does not grow with their number."""
        shown, at = [], 0
        while token := _TOKEN.match(text, at):
            phrases = (p for p in self._phrases.get(token[0], ()) if _begins_with(text, at, p))
            found = max(phrases, key=len, default="")
            shown.append(self._phrases[token[0]][found] if found else token[0])
            at += len(found or token[0])
        return "".join(shown)

    def digits(self, digits: str) -> str:
        """Return the stand-in of a PIN; for other keys as many letters, but * and #."""
        pin = digits.removesuffix("#")
        if pin in self._pins:
            return self._pins[pin] + digits[len(pin) :]
        return "".join(
            key if key in "*#" else NO_KEYS[n % len(NO_KEYS)] for n, key in enumerate(digits)
        )

    def address(self, address: str) -> str:
        """Return a stand-in for a URL. Paths of the line are kept; hosts, users, queries are not.

        So the address of the hold music still follows from that of the webhooks.
        """
        try:
            parts = urlsplit(address)
        except ValueError:
            return "https://address.example/"
        own = _OWN.search(parts.path)
        base = f"{parts.scheme}://{parts.netloc}{parts.path[: own.start()] if own else parts.path}"
        n = self._choose("address", base.rstrip("/"), OTHERS)
        private = "" if parts.path in ("", "/") or own else "/private"
        kept = hide_texml_path(own[0]) if own else ""
        return f"https://address-{n}.example{private}{kept}"

    def text(self, text: str) -> str:
        """Return any text with stand-ins for addresses, numbers and secrets."""
        return self._cached(text) if len(text) <= CACHED_LENGTH else self._any(text)

    def _any(self, text: str) -> str:
        return self._public(text, self.number)

    def _public(self, text: str, number: Callable[[str], str]) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "(secret)")
        if "://" in text:
            text = _URL.sub(lambda found: self.address(found[0]), text)
        text = _SIP.sub(self._user, replace_numbers(text, number))
        return _NETWORK.sub("192.0.2.1", text)

    def _in_place(self, number: str) -> str:
        """Return the number with other digits in their places, so that it takes as long to say."""
        digits = digits_of(number)
        chosen = iter(self.number(number)[-len(digits) :].rjust(len(digits), "0"))
        return "".join(next(chosen, "") if each.isdecimal() else each for each in number)

    def _user(self, found: re.Match[str]) -> str:
        """Return a SIP or mail address of another host. Long numbers are stand-ins already."""
        scheme = found[1] or ""
        whole = found[0][len(scheme) :]
        address = whole.partition(";")[0].rstrip(_PUNCTUATION)
        user = address.partition("@")[0].partition(":")[0]
        if "." in user or not compact(user):
            user = f"caller-{self._choose('user', address, OTHERS // 10):04}"
        elif len(user) < SHORTEST:
            user = self.party(user)
        after = whole[len(address) :] if ";" not in whole else ""
        return f"{scheme}{user}@sip.example{after}"

    def _for_pin(self, pin: str, taken: set[str]) -> str:
        """Return other digits of the same length, all keys that are close together different.

        The same key twice within a moment counts once, and keys are recorded with their times.
        """
        n = self._digest(f"pin:{pin}")
        while True:
            digits, left = "", n
            for _ in pin:
                free = [key for key in KEYS if key not in digits[-2:]]
                left, which = divmod(left, len(free))
                digits += free[which]
            if digits not in taken:
                return digits
            n += 1

    def _choose(self, kind: str, text: str, size: int) -> int:
        """Return a number below `size`, another one for each text as long as there are some."""
        chosen, taken = self._chosen[kind], self._taken[kind]
        if text not in chosen:
            n = self._digest(f"{kind}:{text}") % size
            while n in taken and len(taken) < size:
                n = (n + 1) % size
            taken.add(n)
            chosen[text] = n
        return chosen[text]

    def _digest(self, text: str) -> int:
        whole = hmac.digest(self._key, text.encode(errors="surrogatepass"), hashlib.sha256)
        return int.from_bytes(whole[:16])


def _begins_with(text: str, at: int, phrase: str) -> bool:
    """Whether the phrase is there in the text, as whole words."""
    after = text[at + len(phrase) : at + len(phrase) + 1]
    return text.startswith(phrase, at) and not (after.isalnum() or after == "_")
