"""The built-in sounds: the chime of a newcomer, two plucked notes; and the hold music, four soft
chords and a sparse plucked melody, in a loop of 24 s.

They are synthesised: no file, licence or library is needed. Sounds are placed modulo the
length of the loop, so that its end continues into its beginning. Pitches are MIDI notes, times are
in samples.
"""

from __future__ import annotations

import array
import io
import math
import wave
from functools import cache
from operator import add, mul

RATE = 8000  # samples per second, as telephones have
PEAK = 0.3  # of full scale: soft
BEAT = 6000
CHORD = 8 * BEAT
FADE = 16000  # the overlap of neighbouring chords
PLUCK = 12000
ECHO = 9 * BEAT // 16  # off the beat: an echo must not coincide with the next note
CYCLE = 16000  # pitches are whole cycles in this time: rounded to 0.5 Hz
CHORDS = (  # Cmaj7, Am7, Fmaj7, G6: the E stays, the top climbs
    (48, 55, 64, 71),
    (45, 55, 64, 72),
    (53, 57, 64, 72),
    (55, 59, 64, 74),
)
MELODIES = (  # (beat, pitch), pentatonic; one melody for each chord
    ((0, 76), (1.5, 79), (3, 74), (5, 72)),
    ((8, 76), (9.5, 81), (11, 79), (13, 76)),
    ((16, 69), (17.5, 72), (19, 76), (21, 74)),
    ((24, 74), (25.5, 76), (27, 79), (29, 74), (30.5, 67)),
)
MELODY = tuple(note for melody in MELODIES for note in melody)
LENGTH = len(CHORDS) * CHORD
CHIME = ((0, 76), (0.3, 79))  # of the melody
CHIME_SECONDS = 1.8


def _cycles(pitch: int) -> int:
    """Return the frequency of the pitch, in cycles per CYCLE."""
    return round(440 * 2 ** ((pitch - 69) / 12) * CYCLE / RATE)


def _read(table: list[float], cycles: int, length: int, start: int = 0) -> list[float]:
    """Read `length` samples of a one-cycle table at `cycles` per CYCLE, from index `start`."""
    return [table[n % CYCLE] for n in range(start, start + cycles * length, cycles)]


def _tables() -> tuple[list[float], list[float]]:
    """Return one cycle of a sine, and of its overtones: below 3.4 kHz for these pitches."""
    sine = [math.sin(2 * math.pi * n / CYCLE) for n in range(CYCLE)]
    second, third = _read(sine, 2, CYCLE), _read(sine, 3, CYCLE)
    return sine, [0.3 * a + 0.12 * b for a, b in zip(second, third, strict=True)]


def _chords() -> list[list[float]]:
    """Return the chords, each CHORD + FADE long. They rise and fall slowly, and so blend."""
    timbre = list(map(add, *_tables()))
    pads = {}
    for pitch in {pitch for chord in CHORDS for pitch in chord}:
        start = pitch * 2741  # spread the phases: notes that all begin at 0 peak together
        voice = _read(timbre, _cycles(pitch), CYCLE, start)
        beside = _read(timbre, _cycles(pitch) + 1, CYCLE, 2 * start)  # 0.5 Hz higher: a slow beat
        pads[pitch] = [0.24 * a + 0.12 * b for a, b in zip(voice, beside, strict=True)]
    rise = [math.sin(math.pi / 2 * n / FADE) ** 2 for n in range(FADE)]
    swell = [*rise, *[1.0] * (CHORD - FADE), *reversed(rise)]
    tones = (
        [sum(at) for at in zip(*(pads[pitch] for pitch in chord), strict=True)] for chord in CHORDS
    )
    return [list(map(mul, swell, tone * (len(swell) // CYCLE))) for tone in tones]


def _decay(time: int) -> list[float]:
    """Return a string's loudness over PLUCK: an attack of a few ms, then 1/e after `time`."""
    return [(1 - math.exp(-n / 40)) * math.exp(-n / time) * (1 - n / PLUCK) for n in range(PLUCK)]


def _plucks() -> dict[int, list[float]]:
    """Return the melody's notes by pitch, each PLUCK long. Overtones die away first."""
    (sine, overtones), body, edge = _tables(), _decay(3600), _decay(1200)
    notes = {}
    for pitch in {pitch for _, pitch in MELODY}:
        deep = map(mul, body, _read(sine, _cycles(pitch), PLUCK))
        notes[pitch] = list(map(add, deep, map(mul, edge, _read(overtones, _cycles(pitch), PLUCK))))
    return notes


def _mix(into: list[float], sound: list[float], at: int) -> None:
    """Add `sound` at sample `at`. The part past the loop's end is added at its beginning."""
    at %= LENGTH
    head = sound[: LENGTH - at]
    into[at : at + len(head)] = map(add, into[at : at + len(head)], head)
    if len(head) < len(sound):
        _mix(into, sound[len(head) :], 0)


@cache
def wav() -> bytes:
    """Return the loop as a WAV file: RATE, 16 bits, mono."""
    line, plucks = [0.0] * LENGTH, _plucks()
    for beat, pitch in MELODY:
        _mix(line, plucks[pitch], int(beat * BEAT))
    loop = line.copy()
    _mix(loop, [0.3 * sample for sample in line], ECHO)
    for number, chord in enumerate(_chords()):
        _mix(loop, chord, number * CHORD - FADE // 2)
    return _file(loop)


@cache
def chime() -> bytes:
    """Return the chime as a WAV file: RATE, 16 bits, mono."""
    line, plucks = [0.0] * LENGTH, _plucks()
    for beat, pitch in CHIME:
        _mix(line, plucks[pitch], int(beat * BEAT))
    return _file(line[: int(CHIME_SECONDS * RATE)])


def _file(sound: list[float]) -> bytes:
    scale = PEAK * 32767 / max(map(abs, sound))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE, len(sound), "NONE", "not compressed"))
        out.writeframes(array.array("h", [round(sample * scale) for sample in sound]).tobytes())
    return file.getvalue()
