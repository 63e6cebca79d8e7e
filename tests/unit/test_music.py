"""The built-in hold music: fit for a telephone, soft, seamless and never silent."""

from __future__ import annotations

import io
import math
import sys
import wave
from array import array
from itertools import pairwise

import pytest

from conference import music
from conference.core.announcements.chimes import TONE_SECONDS

FULL = 32768


@pytest.fixture(scope="module")
def samples() -> array[int]:
    with wave.open(io.BytesIO(music.wav())) as file:
        read = array("h", file.readframes(file.getnframes()))
    if sys.byteorder == "big":
        read.byteswap()
    return read


def rms(part: array[int]) -> float:
    """Return the root mean square, as a share of full scale."""
    return math.sqrt(sum(sample * sample for sample in part) / len(part)) / FULL


def power(part: list[float], hertz: float) -> float:
    """Return the squared magnitude of the frequency's bin, by Goertzel's algorithm."""
    factor = 2 * math.cos(2 * math.pi * hertz / 8000)
    before = last = 0.0
    for sample in part:
        before, last = last, sample + factor * last - before
    return before * before + last * last - factor * before * last


def above_the_telephone(part: array[int] | list[float]) -> float:
    """Return the share of the energy above 3.4 kHz."""
    size = len(part)
    window = [math.sin(math.pi * n / size) ** 2 * x for n, x in enumerate(part)]
    step = 8000 / size
    bins = range(math.ceil(3400 / step), size // 2)
    total = sum(x * x for x in window) * size / 2  # Parseval, one side of the spectrum
    return sum(power(window, n * step) for n in bins) / total


def test_it_is_a_wav_file_that_telnyx_plays() -> None:
    with wave.open(io.BytesIO(music.wav())) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
        assert file.getcomptype() == "NONE"
        assert 20 <= file.getnframes() / file.getframerate() <= 25
        assert len(music.wav()) == 44 + 2 * file.getnframes()


def test_it_is_made_once_and_is_reproducible() -> None:
    assert music.wav() is music.wav()
    assert music.wav.__wrapped__() == music.wav()


def test_it_is_never_silent_for_a_second_not_even_across_the_seam(samples: array[int]) -> None:
    looped = samples + samples[:8000]
    levels = [rms(looped[at : at + 8000]) for at in range(0, len(samples), 2000)]
    assert min(levels) > 0.03


def test_it_is_soft(samples: array[int]) -> None:
    assert 0.2 * FULL < max(map(abs, samples)) <= 0.35 * FULL
    assert 0.04 < rms(samples) < 0.1
    assert abs(sum(samples) / len(samples)) < 0.001 * FULL  # no direct current


def test_the_seam_does_not_click(samples: array[int]) -> None:
    near = samples[-400:] + samples[:400]  # 50 ms on either side
    jumps = [abs(b - a) for a, b in pairwise(near)]
    assert jumps[399] <= max(jumps[:399] + jumps[400:])
    bends = [abs(a - 2 * b + c) for a, b, c in zip(near, near[1:], near[2:], strict=False)]
    assert max(bends[398:400]) <= max(bends[:398] + bends[400:])


@pytest.mark.parametrize("beat", [0, 1.5, 6, 9.5, 15.9, 27, 31.9])
def test_nothing_is_above_the_telephone_band(samples: array[int], beat: float) -> None:
    """At the start and the seam, at the attacks of the highest notes, in and between chords."""
    at = int(beat * music.BEAT) - 256
    looped = samples[-512:] + samples + samples[:512]
    assert above_the_telephone(looped[at + 512 : at + 1024 + 512]) < 1e-6


def test_the_measure_detects_energy_above_the_band() -> None:
    low, high = ([math.sin(2 * math.pi * f * n / 8000) for n in range(1024)] for f in (880, 3700))
    assert above_the_telephone(low) < 1e-6
    assert above_the_telephone(high) > 0.99
    mixed = [a + 0.01 * b for a, b in zip(low, high, strict=True)]
    assert above_the_telephone(mixed) == pytest.approx(1e-4, rel=0.01)


def test_the_chime_is_short_soft_and_ends_in_silence() -> None:
    with wave.open(io.BytesIO(music.chime())) as file:
        read = array("h", file.readframes(file.getnframes()))
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
    if sys.byteorder == "big":
        read.byteswap()
    assert 1 <= len(read) / 8000 <= TONE_SECONDS
    assert max(map(abs, read)) == round(music.PEAK * 32767)
    assert rms(read[:4000]) > 0.02 and rms(read[-400:]) < 0.002
    assert above_the_telephone(read[:8000]) < 0.01
