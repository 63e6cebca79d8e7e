"""Makes the steps for calling people: a voice profile with careful limits, and the settings."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from conference.core.requests.dial_allow import SETS
from conference.core.schema.typed_numbers import AMERICA, country_code
from conference.settings import Settings
from conference.setup import applications
from conference.setup.applications import ONE
from conference.setup.chosen import Chosen
from conference.setup.found import NAME, Found
from conference.setup.repairs import Repair
from conference.setup.step import Made, Request, Step
from conference.setup.wishes import Impossible, Wishes
from conference.telnyx_records.applications import PROFILES, Record, outbound
from conference.telnyx_records.applications import profile as profile_of
from conference.telnyx_records.numbers import of

AT_ONCE = 2  # calls: a new account allows no more, and refuses a profile that does
DAILY = "10.00"  # US dollars in a day
AMERICAN = "us-canada"
AREA = len("+1312")
TWO = "A new account allows 2 outbound calls at once: Telnyx raises that on request."


def wanted(found: Found, wishes: Wishes) -> bool:
    """Return whether people are to be called: by the wish, or since DIAL_ALLOW is set."""
    return bool(found.setting("DIAL_ALLOW")) if wishes.dial_out is None else wishes.dial_out


def steps(chosen: Chosen) -> Iterator[Step]:
    """Yield the steps that let the application call numbers of its own country."""
    found, number = chosen.found, chosen.number
    if number is None or not wanted(found, chosen.wishes):
        return
    if found.profiles is None:
        raise Impossible("Telnyx does not list the outbound voice profiles. Try --no-dial-out.")
    profile = _profile(chosen)
    if profile is None:
        ours = next((each for each in found.profiles if each.get("name") == NAME), None)
        if ours is None:
            yield _new_profile(number)
        yield _put_on(chosen, ours)
        profile = ours
    if profile and profile.get("enabled") is False and profile.get("name") == NAME:
        yield _switch_on(profile)
    if env := {**_allowed(found, number), **_at_once(chosen, profile)}:
        settings = " and ".join(f"{name} to {value}" for name, value in env.items())
        yield Step(Repair.OUTBOUND, f"Set {settings} in .env, for outgoing calls", env=env)


def _allowed(found: Found, number: Record) -> dict[str, str]:
    return {} if found.setting("DIAL_ALLOW") else {"DIAL_ALLOW": prefix(of(number))}


def _at_once(chosen: Chosen, profile: Record | None) -> dict[str, str]:
    """Return DIAL_AT_ONCE if Telnyx allows fewer calls. `profile`: None for a new one."""
    allowed = (
        profile.get("concurrent_call_limit") if profile else AT_ONCE,
        outbound(chosen.application or {}).get("channel_limit"),
    )
    most = int(chosen.found.setting("DIAL_AT_ONCE") or Settings().dial_at_once)
    least = min([most, *(each for each in allowed if isinstance(each, int))])
    there = chosen.found.file.get("DIAL_AT_ONCE")
    return {"DIAL_AT_ONCE": str(least)} if least < most and there != str(least) else {}


def prefix(number: str) -> str:
    """Return what DIAL_ALLOW must have to call the country of a number, and no dearer place."""
    if SETS[AMERICAN](number):
        return AMERICAN
    code = country_code(number)
    return number[:AREA] if code == AMERICA else f"+{code}"


def left(chosen: Chosen) -> Iterator[str]:
    """Yield what only the user can do about the profile of the application."""
    profile = _profile(chosen)
    is_off = profile is not None and profile.get("enabled") is False
    name = profile.get("name") if profile else NAME
    if is_off and name != NAME and wanted(chosen.found, chosen.wishes):
        yield f"The outbound voice profile {name} is switched off: see it in the Telnyx portal."


def _profile(chosen: Chosen) -> Record | None:
    """Return the profile that is on the application."""
    id = profile_of(chosen.application or {})
    return next((each for each in chosen.found.profiles or () if id and each.get("id") == id), None)


def _new_profile(number: Record) -> Step:
    country = str(number.get("country_iso_alpha2") or "")
    countries = ["US", "CA"] if prefix(of(number)) == AMERICAN else [country] if country else []
    body = {
        "name": NAME,
        "traffic_type": "conversational",
        "service_plan": "global",
        "concurrent_call_limit": AT_ONCE,
        "daily_spend_limit": DAILY,
        "daily_spend_limit_enabled": True,
        **({"whitelisted_destinations": countries} if countries else {}),
    }
    to = f" to {' and '.join(countries)}" if countries else ""
    limits = f"calls{to}, {AT_ONCE} at once, {DAILY} dollars in a day"
    what = f"Create the outbound voice profile {NAME}: {limits}"
    return Step(Repair.OUTBOUND, what, Request("POST", PROFILES, body, makes="profile"))


def _put_on(chosen: Chosen, profile: Record | None) -> Step:
    id = str(profile.get("id")) if profile else Made("profile")
    fields = {**outbound(chosen.application or {}), "outbound_voice_profile_id": id}
    body = applications.update(chosen) | {"outbound": fields}
    title = chosen.door.kind.title
    what = f"Put the outbound voice profile {NAME} on the {title}"
    return Step(Repair.OUTBOUND, what, Request("PATCH", chosen.door.kind.path + ONE, body))


def _switch_on(profile: Record) -> Step:
    path = f"{PROFILES}/{quote(str(profile.get('id')), safe='')}"
    request = Request("PATCH", path, {"name": NAME, "enabled": True})
    return Step(Repair.OUTBOUND, f"Switch on the outbound voice profile {NAME}", request)
