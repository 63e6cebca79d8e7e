"""The people of the tests, and the token of their moderator."""

from __future__ import annotations

TOKEN = "a-token-of-the-tests"
ANN, BOB, CLEO = "+13125550111", "+13125550112", "+13125550113"
NUMBER = "+13125550100"  # the conference's own
