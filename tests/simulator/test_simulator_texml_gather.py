"""<Gather>: callers of TeXML press keys, which are posted to its action."""

from __future__ import annotations

import pytest
from rigs.simulator_texml import TexmlScene, is_signed
from rigs.waiting import until

from conference.simulator import Leg

NEXT = "<Response><Say>Next.</Say></Response>"


def gathers(texml: TexmlScene, last: int = 11, **attributes: str) -> Leg:
    """Let a caller be asked for keys; what is pressed is posted to /pressed."""
    url = texml.app.serve("/pressed", NEXT)
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    asks = f'<Gather action="{url}"{written}><Say>Press.</Say></Gather>'
    return texml.calls(last, f"<Response>{asks}<Say>Nothing.</Say></Response>")


def spoken(leg: Leg) -> list[str]:
    until(lambda: leg.state == "ended", f"{leg.number} is hung up")
    return [heard.detail for heard in leg.timeline if heard.what == "speech"]


def posted(texml: TexmlScene) -> list[str]:
    return [received.form["Digits"] for received in texml.app.of("/pressed")]


@pytest.mark.parametrize(
    ("attributes", "pressed", "digits"),
    [
        ({}, "12#", "12"),
        ({"numDigits": "3"}, "123", "123"),
        ({"numDigits": "3"}, "12#", "12"),
        ({"finishOnKey": "*"}, "1#2*", "1#2"),
        ({"finishOnKey": "", "numDigits": "2"}, "1#", "1#"),
        ({"timeout": "2"}, "1", "1"),
    ],
)
def test_keys_are_posted_to_the_action(
    texml: TexmlScene, attributes: dict[str, str], pressed: str, digits: str
) -> None:
    leg = gathers(texml, **attributes)
    texml.telnyx.phone(leg.number).press(pressed)
    assert spoken(leg) == ["Press.", "Next."]
    (received,) = texml.app.of("/pressed")
    assert (received.method, is_signed(received)) == ("POST", True)
    assert received.form["Digits"] == digits
    assert received.form["CallSid"] == leg.call_control_id
    assert texml.telnyx.webhooks == []


@pytest.mark.parametrize("pressed", ["", "#"])
def test_without_a_digit_the_next_instruction_follows(texml: TexmlScene, pressed: str) -> None:
    leg = gathers(texml)
    texml.telnyx.phone(leg.number).press(pressed)
    assert spoken(leg) == ["Press.", "Nothing."]
    assert posted(texml) == []


def test_or_the_action_gets_no_digits(texml: TexmlScene) -> None:
    texml.telnyx.texml.posts_no_digits = True
    assert spoken(gathers(texml)) == ["Press.", "Next."]
    assert posted(texml) == [""]


def test_the_wait_begins_after_the_prompt(texml: TexmlScene) -> None:
    leg = gathers(texml, timeout="3")
    spoken(leg)
    press, nothing = (heard for heard in leg.timeline if heard.what == "speech")
    assert nothing.at - press.at > 3


def test_who_hangs_up_posts_nothing(texml: TexmlScene) -> None:
    leg = gathers(texml)
    texml.telnyx.phone(leg.number).press("12")
    texml.hangs_up(leg)
    assert (posted(texml), len(texml.telnyx.texml.fetches)) == ([], 1)


def test_invalid_digits_have_an_action_of_their_own(texml: TexmlScene) -> None:
    wrong = texml.app.serve("/wrong", "<Response><Say>Wrong.</Say></Response>")
    leg = gathers(texml, validDigits="12", invalidDigitsAction=wrong)
    texml.telnyx.phone(leg.number).press("19#")
    assert spoken(leg) == ["Press.", "Wrong."]
    assert [received.form["Digits"] for received in texml.app.of("/wrong")] == ["19"]
