"""Stand-ins, and what of an entry of a recording they replace."""

from __future__ import annotations

import base64
import json
import re

import pytest

from conference.core.announcements.names import LONGEST, heard_name
from conference.core.client_state import ClientState, decode, encode
from conference.core.human_text import speech_seconds
from conference.core.keys.pressed import REPEATED_WITHIN
from conference.core.participant import Participant
from conference.core.schema.phone_numbers import e164
from conference.core.texml.roles import role_label
from conference.recording.private import LEFT_OUT, OF_BODIES, only_known, without_private
from conference.recording.stand_ins import NO_KEYS, StandIns

PIN, OTHER_PIN, SHORT_PIN = "82736455", "10293847", "4821"
SECRET = "KEY_of-the-tests"


@pytest.fixture
def stand_ins() -> StandIns:
    return StandIns(b"key", pins=[PIN, OTHER_PIN, SHORT_PIN], secrets=[SECRET])


def test_a_number_has_one_stand_in_in_every_notation(stand_ins: StandIns) -> None:
    text = ("+13125550142", "1-312-555-0142", "sip:+13125550142@sip.telnyx.com", "0013125550142")
    found = (re.search(r"[+\d]+", stand_ins.text(each)) for each in text)
    first, second, user, abroad = (each[0] for each in found if each)
    assert first == f"+{second}" == user and abroad == f"00{second}"
    assert re.fullmatch(r"1[2-9]\d\d55501\d\d", second) and second != "13125550142"
    assert stand_ins.text(text[2]) == f"sip:{first}@sip.example"
    assert stand_ins.party("+13125550142") == first == e164(first)


def test_many_numbers_have_different_stand_ins(stand_ins: StandIns) -> None:
    numbers = {stand_ins.number(f"35191234{n:04}") for n in range(3000)}
    assert len(numbers) == 3000


def test_processes_with_the_same_key_agree_and_others_do_not() -> None:
    same = {StandIns(b"key").party("+13125550142") for _ in range(3)}
    assert len(same | {StandIns(b"other").party("+13125550142")}) == 2


@pytest.mark.parametrize(
    "name", ["Annabel Winterbottom", "Ann", "Bo", "Zoë Müller-Lüdenscheidt", "李小龙", "Room 1234"]
)
def test_a_name_is_replaced_also_where_it_is_spoken(name: str, stand_ins: StandIns) -> None:
    chosen = stand_ins.name(name)
    sentence = f"{name} and Bob have joined."
    assert stand_ins.sentence(sentence) == f"{chosen} and Bob have joined."
    assert name not in chosen and stand_ins.name(name) == chosen
    assert speech_seconds(chosen) == speech_seconds(name), "deadlines depend on it"
    assert heard_name(_labelled(chosen), 0.0) == chosen


def test_a_name_that_is_a_word_of_the_line_changes_no_sentence() -> None:
    stand_ins = StandIns(b"key", said=["A caller without a name."])
    assert [stand_ins.name(each) for each in ("a", "without a")] == ["a", "without a"]
    assert stand_ins.name("call") != "call"
    assert stand_ins.sentence("A caller without a name.") == "A caller without a name."


@pytest.mark.parametrize("label", ["+13125550142", "Ann 13125", "312 555 0142"])
def test_a_label_that_may_be_a_number_keeps_looking_like_one(
    label: str, stand_ins: StandIns
) -> None:
    chosen = stand_ins.name(label)
    assert chosen != label and heard_name(_labelled(chosen), 0.0) is None


def _labelled(label: str) -> Participant:
    return Participant("v3:a", "", "participant", "incoming", "joined", LONGEST, label=label)


def test_a_number_in_a_sentence_takes_as_long_to_say(stand_ins: StandIns) -> None:
    for number in ("+1 (312) 555-0142", "0201 234567", "+44 20 7946 0958", "+351 912 345 678"):
        sentence = f"For help, call {number}. Goodbye."
        replaced = stand_ins.sentence(sentence)
        assert replaced != sentence and speech_seconds(replaced) == speech_seconds(sentence)


def test_a_pin_has_other_digits_of_the_same_length(stand_ins: StandIns) -> None:
    chosen = stand_ins.digits(PIN)
    assert re.fullmatch(r"\d{8}", chosen)
    assert len({PIN, OTHER_PIN, chosen, stand_ins.digits(OTHER_PIN)}) == 4
    assert stand_ins.digits(f"{PIN}#") == f"{chosen}#"
    close = zip(chosen, chosen[1:], chosen[2:], strict=False)
    assert all(len({*each}) == 3 for each in close), f"else keys within {REPEATED_WITHIN} s are one"


def test_other_digits_are_letters_and_keep_star_and_hash(stand_ins: StandIns) -> None:
    assert stand_ins.digits("4711#") == "ABCD#" and stand_ins.digits("1*") == "A*"
    assert set("ABCD") == set(NO_KEYS) and stand_ins.digits("") == ""


@pytest.mark.parametrize(
    ("party", "replaced"),
    [
        ("sip:annabel:s3cret@bank.example;x=Annabel", r"sip:caller-\d{4}@sip.example"),
        ("SIPS:annabel@bank.example", r"SIPS:caller-\d{4}@sip.example"),
        ("sip:203.0.113.9:5060", r"sip:caller-\d{4}@sip.example"),
        ("sip:5512@bank.example", r"sip:\d{11}@sip.example"),
        ("sip:+13125550142:s3cret@bank.example", r"sip:\+\d{11}@sip.example"),
        ('"Annabel" <sip:+13125550142@bank.example>;x=1', r"<sip:\+\d{11}@sip.example>"),
        ("annabel@bank.example.", r"caller-\d{4}@sip.example\."),
        ("5512", r"\d{11}"),
        ("anonymous", "anonymous"),
    ],
)
def test_a_sip_address_keeps_nothing_of_its_user_and_host(
    party: str, replaced: str, stand_ins: StandIns
) -> None:
    chosen = stand_ins.party(party)
    assert re.fullmatch(replaced, chosen) and stand_ins.party(party) == chosen
    assert not re.search("(?i)annabel|s3cret|bank|203|5512|3125550142", chosen)


def test_the_address_of_a_network_is_replaced(stand_ins: StandIns) -> None:
    assert stand_ins.text("from 10.1.2.3.") == "from 192.0.2.1."


def test_a_pin_that_is_spoken_has_its_stand_in(stand_ins: StandIns) -> None:
    said = stand_ins.sentence(f"The PIN is {SHORT_PIN}, the other one {PIN}.")
    assert re.fullmatch(rf"The PIN is {stand_ins.digits(SHORT_PIN)}, the other one \d{{8}}.", said)
    assert PIN not in said


def test_the_longest_of_several_names_is_replaced_as_whole_words(stand_ins: StandIns) -> None:
    ann, both = stand_ins.name("Ann"), stand_ins.name("Ann (Sales) Bo")
    said = stand_ins.sentence("Ann (Sales) Bo, Anna, Ann (Sales) Bob and Ann")
    assert said == f"{both}, Anna, {ann} (Sales) Bob and {ann}"


@pytest.mark.parametrize("field", ["digit", "digits", "from", "to", "label"])
def test_a_private_value_may_be_a_number_of_json(field: str, stand_ins: StandIns) -> None:
    for value in (447700900166, [447700900166]):
        assert "447700900166" not in json.dumps(without_private(stand_ins, {field: value}))


def test_addresses_keep_only_paths_of_the_line(stand_ins: StandIns) -> None:
    webhook = stand_ins.address("https://ann:pw@line.example.com/app/webhook?token=1")
    music = stand_ins.address("https://ann:pw@line.example.com/app/hold-music.wav")
    assert webhook.removesuffix("/webhook") == music.removesuffix("/hold-music.wav")
    hook = stand_ins.address("https://hooks.example.com/services/T0/B1/x9?y")
    upper, other = map(stand_ins.address, ("HTTPS://line.example/T0", "s3://hooks/T0?x9"))
    for each in (webhook, music, hook, upper, other):
        assert re.match(r"https://address-\d+\.example", each)
        assert not re.search("line|ann|pw|token|hooks|T0|x9", each)
    assert stand_ins.text("see s3://hooks/T0?x9 HTTPS://ann") == f"see {other} " + (
        stand_ins.address("HTTPS://ann")
    )
    assert stand_ins.text("see https://a.example/b.mp3?X-Amz=1, please").endswith(" please")


def test_secrets_are_removed_wherever_they_are(stand_ins: StandIns) -> None:
    assert SECRET not in json.dumps(without_private(stand_ins, {"any": [f"x{SECRET}y", SECRET]}))


def test_a_client_state_is_replaced_inside(stand_ins: StandIns) -> None:
    state = ClientState("sales", number="+13125550142", label="Annabel", member=3)
    found = without_private(stand_ins, {"client_state": encode(state)})["client_state"]
    read = decode(found)
    assert read == ClientState(
        "sales", number=stand_ins.party("+13125550142"), label=stand_ins.name("Annabel"), member=3
    )
    for text in (b"not ours +13125550142", b'{"customer": "Annabel", "id": "078-05-1120"}'):
        other = base64.b64encode(text).decode()
        assert without_private(stand_ins, {"client_state": other}) == {"client_state": ""}


def test_of_a_body_only_known_fields_are_kept() -> None:
    payload = {"from": "a", "custom_headers": [{"name": "X", "value": "v"}], "tag": "t"}
    found = only_known({"data": {"event_type": "call.initiated", "payload": payload}}, OF_BODIES)
    assert found["data"]["payload"] == {"from": "a", "tag": LEFT_OUT}


def test_ids_times_and_roles_stay(stand_ins: StandIns) -> None:
    kept = {
        "call": "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg",
        "connection_id": "1494404757140276705",
        "id": "0f126305-b6b0-5bf2-bddc-1075c511dfc5",
        "occurred_at": "2026-08-21T15:04:11.278694",
        "role": "moderator",
        "valid": "0123456789",
        "at": 1796060456.7810385,
    }
    kept["to"] = "5512"  # a room of this name, to which a call is moved
    stand_ins.name("moderator")
    assert without_private(stand_ins, kept) == kept


def test_names_by_call_are_replaced_too(stand_ins: StandIns) -> None:
    found = without_private(stand_ins, {"labels": {"v2:a": "Annabel"}, "fields": {"Tag": "x"}})
    assert found == {"labels": {"v2:a": stand_ins.name("Annabel")}, "fields": {"Tag": LEFT_OUT}}


def test_names_are_replaced_in_reasons(stand_ins: StandIns) -> None:
    chosen = stand_ins.name("Annabel Winterbottom")
    for field in ("detail", "reason", "status_detail"):
        found = without_private(stand_ins, {field: "no voice for Annabel Winterbottom"})
        assert found == {field: f"no voice for {chosen}"}


def test_a_label_that_keeps_a_role_by_texml_stays(stand_ins: StandIns) -> None:
    label = role_label("moderator", "v2:a")
    assert stand_ins.name(label) == label
