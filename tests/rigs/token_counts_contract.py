"""The contract of all counts of wrong tokens, as tests. A file of tests has the
fixture `counts`."""

from __future__ import annotations

from conference.web.token_counts import (
    WINDOW,
    TokenCounts,
)

A, B, IPV6 = "192.0.2.1", "192.0.2.2", "2001:db8:1:2::/64"


class TokenCountsContract:
    def test_wrong_tokens_count_by_address_from_the_first_one_on(self, counts: TokenCounts) -> None:
        assert counts.wrong(A) == (0, 0.0)
        for _ in range(3):
            counts.note_wrong(A)
        counts.note_wrong(IPV6)
        count, left = counts.wrong(A)
        assert count == 3 and WINDOW - 30 < left <= WINDOW
        assert (counts.wrong(B)[0], counts.wrong(IPV6)[0]) == (0, 1)

    def test_an_address_is_known_by_a_right_token(self, counts: TokenCounts) -> None:
        counts.note_wrong(A)
        assert not counts.is_known(A)
        counts.note_right(A)
        assert counts.is_known(A) and not counts.is_known(B)
        assert counts.wrong(A)[0] == 1, "that does not forgive the wrong ones"
