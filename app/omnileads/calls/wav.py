"""The length of a WAV file that another program writes, and its repair when that program died."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_CHUNK: Final = struct.Struct("<4sI")
_FORMAT: Final = struct.Struct("<HHIIHH")
_SIZE: Final = struct.Struct("<I")
_RIFF_SIZE_OFFSET: Final = 4
_MAX_CHUNKS: Final = 64


class NotAWavError(Exception):
    """The file has no readable WAV header."""


@dataclass(frozen=True, slots=True)
class WavFacts:
    """`declared_bytes` of sound is what the header says, `sound_bytes` what is there."""

    size_bytes: int
    data_offset: int
    declared_bytes: int
    bytes_per_second: int

    @property
    def sound_bytes(self) -> int:
        return self.size_bytes - self.data_offset

    @property
    def is_finished(self) -> bool:
        """Asterisk writes the sizes into the header when it closes the file."""
        return 0 < self.declared_bytes <= self.sound_bytes

    @property
    def duration_seconds(self) -> float:
        sound = self.declared_bytes if self.is_finished else self.sound_bytes
        return round(sound / self.bytes_per_second, 3)


def read_facts(path: Path) -> WavFacts:
    """Raises NotAWavError, OSError."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        return facts_of(file, size)


def facts_of(file: BinaryIO, size: int) -> WavFacts:
    """The same of a file of that size, of which the beginning is enough. Raises NotAWavError, OSError."""
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise NotAWavError
    return _read_chunks(file, size)


def _read_chunks(file: BinaryIO, size: int) -> WavFacts:
    bytes_per_second = 0
    for _ in range(_MAX_CHUNKS):
        raw = file.read(_CHUNK.size)
        if len(raw) < _CHUNK.size:
            break
        name, length = _CHUNK.unpack(raw)
        if name == b"data":
            if bytes_per_second <= 0:
                break
            return WavFacts(size, file.tell(), length, bytes_per_second)
        if name == b"fmt ":
            fields = file.read(_FORMAT.size)
            if len(fields) < _FORMAT.size:
                break
            bytes_per_second = _FORMAT.unpack(fields)[3]
            length -= _FORMAT.size
        file.seek(length + length % 2, 1)
    raise NotAWavError


def repair(path: Path, facts: WavFacts) -> None:
    """Write the sizes its writer did not live to write. Raises OSError."""
    with path.open("r+b") as file:
        file.seek(_RIFF_SIZE_OFFSET)
        file.write(_SIZE.pack(facts.size_bytes - 8))
        file.seek(facts.data_offset - _SIZE.size)
        file.write(_SIZE.pack(facts.sound_bytes))
