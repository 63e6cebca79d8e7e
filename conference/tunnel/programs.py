"""The programs that make a tunnel: their commands, and what they print. Nothing is started here."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conference.core.human_text import readable
from conference.masking import masked

LONGEST = 200  # characters of a program's own words that are shown


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact from one line of output.

    `address`: of the tunnel. `ready`: requests get through. `trouble`: why there may be none.
    `final`: waiting does not help.
    """

    address: str = ""
    ready: bool = False
    trouble: str = ""
    final: bool = False


NOTHING = Heard()


@dataclass(frozen=True, slots=True)
class Program:
    """`command`: for a local address such as 127.0.0.1:5000. `heard`: reads a line of output.

    `get`: where to get it, and what it needs.
    """

    name: str
    command: Callable[[str], Sequence[str]]
    heard: Callable[[str], Heard]
    get: str


# ngrok: a JSON object in each line

SIGN_IN = (
    "ngrok has no valid authtoken. Copy yours from "
    "https://dashboard.ngrok.com/get-started/your-authtoken and run: "
    "ngrok config add-authtoken <your authtoken>"
)
TOO_OLD = "this ngrok is too old for its service. Run: ngrok update"
OF_NGROK = {
    "102": "the last payment of this ngrok account failed. See https://dashboard.ngrok.com",
    "103": "this ngrok account is suspended. See https://dashboard.ngrok.com",
    "105": SIGN_IN,
    "106": SIGN_IN,
    "107": SIGN_IN,
    "108": "this ngrok account runs as many agents as it may. End the other one",
    "120": TOO_OLD,
    "121": TOO_OLD,
    "334": "another ngrok uses the same address. End that one",
    "4018": SIGN_IN,
    "9040": "ngrok accepts no connection from this network. Use another one, or cloudflared",
}
"""Why ngrok does not start, and what to do, by its error code. Its own text may hold the token."""

_CODE = re.compile(r"ERR_NGROK_(\d+)")
_ADDRESS = re.compile(r"(https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)/?")  # no user, path or query


def _of_ngrok(line: str) -> Heard:
    """Read a line of `--log-format json`, or of plain text, as older errors have it."""
    if code := _CODE.search(line):
        unknown = f"ngrok reports an error: https://ngrok.com/docs/errors/err_ngrok_{code[1]}"
        return Heard(trouble=OF_NGROK.get(code[1], unknown), final=True)
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return NOTHING
    if not isinstance(said, dict):
        return NOTHING
    address = _ADDRESS.fullmatch(str(said.get("url")))
    if said.get("msg") == "started tunnel" and address:
        return Heard(address=address[1], ready=True)
    if said.get("lvl") in ("eror", "crit") and isinstance(said.get("err"), str):
        return Heard(trouble=_own_words("ngrok", said["err"]))
    return NOTHING


# cloudflared: a quick tunnel, without an account

_BOXED = re.compile(r"\bINF \|?\s*(https://[a-z0-9-]+\.trycloudflare\.com)\b")
_REGISTERED = re.compile(r"\bINF (Registered tunnel connection|Connection \S+ registered)\b")
_FAILED = re.compile(r"^(?:\S+ ERR )?(failed to .*)|^\S+ ERR (.*)", re.IGNORECASE)


def _of_cloudflared(line: str) -> Heard:
    if box := _BOXED.search(line):
        return Heard(address=box[1])
    if _REGISTERED.search(line):
        return Heard(ready=True)
    if failed := _FAILED.search(line):
        return Heard(trouble=_own_words("cloudflared", failed[1] or failed[2]))
    return NOTHING


def _own_words(name: str, text: str) -> str:
    first = text.strip().partition("\n")[0]
    return f"{name} reports: {readable(masked(first)[:LONGEST]).strip()}"


PROGRAMS = (
    Program(
        "ngrok",
        lambda local: ("ngrok", "http", local, "--log", "stdout", "--log-format", "json"),
        _of_ngrok,
        "https://ngrok.com/download, and a free account: "
        "ngrok config add-authtoken <your authtoken>",
    ),
    Program(
        "cloudflared",
        lambda local: ("cloudflared", "tunnel", "--no-autoupdate", "--url", f"http://{local}"),
        _of_cloudflared,
        "https://github.com/cloudflare/cloudflared/releases, without an account",
    ),
)
"""In the order of preference."""


def installed() -> Program | None:
    """Return the best program that is installed; None without one."""
    return next((each for each in PROGRAMS if shutil.which(each.name)), None)


def by_hand(local: str, webhook: str) -> str:
    """Return the steps without any of the programs. `webhook`: the path of webhooks."""
    get = "\n".join(f"  {each.name}: {each.get}" for each in PROGRAMS)
    return f"""\
neither ngrok nor cloudflared is installed. Install one of them, then run this command again:
{get}
Or do by hand, with a tunnel or a proxy of your own:
  1. Let a public address lead to http://{local}
  2. In the Telnyx portal, Voice API applications, set the webhook URL of the application to
     https://<the public address>{webhook}, API v2
  3. Run: PUBLIC_URL=https://<the public address> flask run"""
