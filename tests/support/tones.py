"""Tones: made, coded as A-law, and found again in what was heard.

Samples are signed 16 bit numbers in an `array("h")`. Levels are dBFS of a sine wave: a full scale sine is 0.
"""

from __future__ import annotations

import math
import wave
from array import array
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

TELEPHONE_RATE = 8000
FULL_SCALE = 32767
WINDOW_SECONDS = 0.1
HEARD_DBFS = -25.0
"""A tone sent at -9 dBFS arrives within a few dB, also through Opus; what is not there is below -50."""

Samples = Sequence[int]


def sine(frequency: float, seconds: float, *, rate: int = TELEPHONE_RATE, level_dbfs: float = -9.0) -> array[int]:
    """A tone. Loops without a click where `frequency * seconds` is a whole number."""
    amplitude = FULL_SCALE * 10 ** (level_dbfs / 20)
    step = 2 * math.pi * frequency / rate
    return array("h", (round(amplitude * math.sin(step * index)) for index in range(round(seconds * rate))))


def level_dbfs(samples: Samples, frequency: float, *, rate: int = TELEPHONE_RATE) -> float:
    """How loud one frequency is (Goertzel's algorithm); -120 where there is nothing at all."""
    count = len(samples)
    if not count:
        return -120.0
    coefficient = 2 * math.cos(2 * math.pi * frequency / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    power = before * before + last * last - coefficient * before * last
    amplitude = 2 * math.sqrt(max(power, 0.0)) / count
    return 20 * math.log10(max(amplitude / FULL_SCALE, 1e-6))


def is_heard(samples: Samples, frequency: float, *, rate: int = TELEPHONE_RATE) -> bool:
    """Whether the tone is there over most of these samples."""
    return heard_seconds(samples, frequency, rate=rate) > 0.5 * len(samples) / rate


def loudness_dbfs(samples: Samples) -> float:
    """How loud it is altogether; -120 where there is nothing."""
    if not samples:
        return -120.0
    mean_square = sum(sample * sample for sample in samples) / len(samples)
    return 10 * math.log10(max(2 * mean_square / FULL_SCALE**2, 1e-12))


def heard_seconds(samples: Samples, frequency: float, *, rate: int = TELEPHONE_RATE) -> float:
    """For how long the tone is there, added up.

    Windows are short: a jitter buffer shifts the phase now and then, and over seconds a tone would cancel itself.
    """
    size = min(int(rate * WINDOW_SECONDS), len(samples)) or 1
    windows = (samples[start : start + size] for start in range(0, len(samples) - size + 1, size))
    return sum(size / rate for window in windows if level_dbfs(window, frequency, rate=rate) > HEARD_DBFS)


def read_wav(path: Path) -> tuple[int, array[int]]:
    """Rate and samples of a mono 16 bit file."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2), f"{path} is not mono 16 bit"
        return file.getframerate(), array("h", file.readframes(file.getnframes()))


def write_wav(path: Path, samples: array[int], *, rate: int = TELEPHONE_RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def _alaw_value(code: int) -> int:
    """ITU-T G.711: what an A-law byte sounds like."""
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    magnitude = (mantissa << 4) + 8
    if exponent:
        magnitude = (magnitude + 0x100) << (exponent - 1)
    return magnitude if code & 0x80 else -magnitude


_VALUES = [_alaw_value(code) for code in range(256)]


def _nearest_codes() -> bytes:
    """For each 16 bit sample (offset by 32768) the A-law byte whose value is nearest."""
    by_value = sorted((value, code) for code, value in enumerate(_VALUES))
    codes = bytearray()
    for (value, code), (following, _) in pairwise([*by_value, (40_000, 0)]):
        edge = (value + following) // 2
        codes += bytes([code]) * max(0, min(edge, 32768) + 32768 - len(codes))
    return bytes(codes)


_CODES = _nearest_codes()


def to_alaw(samples: Samples) -> bytes:
    return bytes(_CODES[sample + 32768] for sample in samples)


def from_alaw(data: bytes) -> array[int]:
    return array("h", (_VALUES[code] for code in data))
