"""The signature, compared with OpenSSL and with Telnyx's SDK, and its limits."""

import json
import time

import pytest
import telnyx
from rigs.recorded import PUBLIC_KEY, TEST_KEY, recorded

from conference.signature import SIGNATURE, TIMESTAMP, NotGenuine, public_key, sign, verify

# Made with OpenSSL 3.0: `openssl pkeyutl -sign -rawin` of b"1787324645|" + BODY, with the key
# whose seed is the bytes 0 to 31. Its public key is from `openssl pkey -pubout`.
BODY = b'{"data":{"record_type":"event"}}'
AT = 1787324645
BY_OPENSSL = (
    "rUMCV5pYMjKU4vSJY4TUNrY17odgJSvDSO3LlhrY7o7zqerwTJ84LtrBjidz34gGnpVDCe6cUDNjMwJ5j8hlAQ=="
)
KEY_BY_OPENSSL = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
KNOWN = {SIGNATURE: BY_OPENSSL, TIMESTAMP: str(AT)}


def test_known_answer() -> None:
    assert KEY_BY_OPENSSL == PUBLIC_KEY
    assert sign(BODY, key=TEST_KEY, now=AT) == KNOWN
    verify(BODY, KNOWN, key=public_key(KEY_BY_OPENSSL), now=AT)


def test_the_sdk_accepts_our_signature() -> None:
    client = telnyx.Telnyx(api_key="KEY", public_key=PUBLIC_KEY)
    body = json.dumps(recorded("call.answered"))
    headers = sign(body.encode(), key=TEST_KEY, now=time.time())
    event = client.webhooks.unwrap(body, headers=headers)
    assert event.data.event_type == "call.answered"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("off", "genuine"), [(-301, False), (-300, True), (300, True), (301, False)]
)
def test_too_old_and_too_new(off: int, genuine: bool) -> None:
    if genuine:
        verify(BODY, KNOWN, key=TEST_KEY.verify_key, now=AT + off)
    else:
        with pytest.raises(NotGenuine, match="the clock is 301 s off"):
            verify(BODY, KNOWN, key=TEST_KEY.verify_key, now=AT + off)


@pytest.mark.parametrize("body", [b"", BODY[:-1], BODY + b" ", BODY.replace(b"event", b"Event")])
def test_other_bytes(body: bytes) -> None:
    with pytest.raises(NotGenuine, match="does not match"):
        verify(body, KNOWN, key=TEST_KEY.verify_key, now=AT)


def test_another_timestamp() -> None:
    with pytest.raises(NotGenuine, match="does not match"):
        verify(BODY, KNOWN | {TIMESTAMP: str(AT + 1)}, key=TEST_KEY.verify_key, now=AT)


@pytest.mark.parametrize("text", ["", "abc", "é", "A" * 43, PUBLIC_KEY[:-4], PUBLIC_KEY + "AAAA"])
def test_a_malformed_public_key(text: str) -> None:
    with pytest.raises(ValueError, match="base64 of 32 bytes"):
        public_key(text)
