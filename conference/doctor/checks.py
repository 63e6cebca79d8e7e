"""All checks in their order. A check gets the settings and answers, and yields facts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from conference.core.origin import MUSIC, WEBHOOK
from conference.settings import ENV_FILE, Settings, env_file
from conference.settings.kinds import KINDS
from conference.telnyx_api import TelnyxApi

from . import at_telnyx, disk, reach, redis, self_test
from .at_telnyx import Way
from .finding import Fact

NEEDED = {"TELNYX_API_KEY", "TELNYX_BASE_URL"}  # for any request to Telnyx
PROBLEMS = {
    **dict.fromkeys((*KINDS, ENV_FILE), "settings.problem"),
    "TELNYX_API_KEY": "settings.api-key",
    "TELNYX_PUBLIC_KEY": "settings.public-key",
}
"""The facts of malformed settings; any other name is one of the rooms file."""


def facts(settings: Settings) -> Iterator[Fact]:
    """Yield the facts of all checks, each as soon as it is there."""
    yield from _settings(settings)
    if settings.redis_url:
        yield redis.examine(settings)
    if folder := settings.record_webhooks:
        yield disk.examine(Path(env_file.beside(folder)))
    bad = {problem.name for problem in settings.problems}
    if bad & NEEDED:
        first = " and ".join(sorted(bad & NEEDED))
        yield Fact("api-key.not-checked", first=first)
        yield from at_telnyx.not_checked(first)
        way = Way()
    else:
        with closing(TelnyxApi(settings.telnyx_api_key, settings.telnyx_base_url)) as api:
            way = yield from at_telnyx.examine(settings, api, bad)
    yield from _reach(settings, way, bad)


def _settings(settings: Settings) -> Iterator[Fact]:
    for problem in settings.problems:
        yield Fact(PROBLEMS.get(problem.name, "settings.rooms-file"), problem=problem)
    for problem in settings.misspelt:
        yield Fact("settings.misspelt", problem=problem)
    for problem in settings.exposed:
        is_env = problem.name == ENV_FILE
        name = "settings.env-file-exposed" if is_env else "settings.rooms-file-exposed"
        yield Fact(name, problem=problem)
    if not (settings.problems or settings.warnings):
        yield Fact("settings.ok")


def _reach(settings: Settings, way: Way, bad: set[str]) -> Iterator[Fact]:
    """Check the server and the music as Telnyx reaches them."""
    ours = settings.room.public_url
    here = way.origin or ours
    server = reach.server(settings, here) if here else Fact("server.no-address")
    yield server
    if server.name in reach.ANSWERS:
        yield from self_test.examine(settings, way.url or here + WEBHOOK)
    else:
        yield Fact("self-test.not-checked", first="the way to the server")
    if "HOLD_AUDIO_URL" in bad:
        yield Fact("music.not-checked", first="HOLD_AUDIO_URL")
    elif settings.room.hold_audio_url:
        yield reach.music(settings, settings.room.hold_audio_url)
    elif server.is_ok:
        yield reach.music(settings, (ours or here) + MUSIC)
    else:
        yield Fact("own-music.not-checked")
