"""Recognising one of Asterisk's spoken prompts in what somebody hears, by the rise and fall of its loudness."""

from __future__ import annotations

import io
import math
import subprocess
import wave
from array import array
from collections.abc import Sequence

from support.instance import Instance
from support.tones import TELEPHONE_RATE

FRAME_SECONDS = 0.02
ALIKE = 0.9
"""Correlation of two loudness curves from which on they are the same words.

Prompts of Asterisk that last a second and a half or longer resemble each other by less than 0.85; shorter ones, as the
digits, cannot be told apart in this way.
"""


def prompt(instance: Instance, name: str, *, language: str = "en") -> array[int]:
    """What Asterisk says, e.g. `queue-youarenext`."""
    path = f"/usr/share/asterisk/sounds/{language}/{name}.wav"
    read = ["podman", "exec", instance.process("asterisk").container, "cat", path]
    content = subprocess.run(read, capture_output=True, check=True, timeout=30).stdout
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (TELEPHONE_RATE, 2, 1)
        return array("h", file.readframes(file.getnframes()))


def likeness(heard: Sequence[int], words: Sequence[int]) -> float:
    """The best correlation (-1 to 1) of the words with any part of what was heard."""
    curve, wanted = _loudness(heard), _loudness(words)
    shifts = range(len(curve) - len(wanted) + 1)
    return max((_correlation(curve[shift : shift + len(wanted)], wanted) for shift in shifts), default=-1.0)


def _loudness(samples: Sequence[int]) -> list[float]:
    size = int(TELEPHONE_RATE * FRAME_SECONDS)
    frames = (samples[start : start + size] for start in range(0, len(samples) - size + 1, size))
    return [math.sqrt(sum(sample * sample for sample in frame) / size) for frame in frames]


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    mean_one, mean_other = sum(one) / len(one), sum(other) / len(other)
    products = sum((a - mean_one) * (b - mean_other) for a, b in zip(one, other, strict=True))
    spread_one = sum((a - mean_one) ** 2 for a in one)
    spread_other = sum((b - mean_other) ** 2 for b in other)
    return products / math.sqrt(spread_one * spread_other) if spread_one and spread_other else 0.0
