"""Brings an uploaded sound to what Asterisk plays: WAV, PCM 16 bit, mono, 8 kHz. A program of its own.

Decoders are C that reads whatever somebody uploaded, so they run in a process that can use little memory and time, that
has no secrets, and whose crash is one refused upload. `telephony.audio` starts it with the file on its standard input;
it writes the WAV file to standard output, or one of the codes of `REFUSALS` to standard error and exits with 3.

Nothing of the application is imported here: the process starts in a few milliseconds and knows nothing.
"""

from __future__ import annotations

import array
import io
import resource
import sys
import wave

import miniaudio

RATE_HZ = 8000
MAX_SECONDS = 20 * 60
MEMORY_LIMIT_BYTES = 512 * 1024 * 1024
CPU_LIMIT_SECONDS = 20
REFUSED_EXIT = 3
REFUSALS = ("not-audio", "too-long", "silent", "cut-off")

_CHUNK_FRAMES = 8192
_UNKNOWN_SIZE = 0xFFFFFFFF
"""What programs write that do not know yet how long the sound will be."""


class RefusedError(Exception):
    """`args[0]` is one of `REFUSALS`."""


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_SECONDS, CPU_LIMIT_SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    try:
        converted = convert(sys.stdin.buffer.read())
    except RefusedError as refused:
        sys.stderr.write(refused.args[0])
        return REFUSED_EXIT
    sys.stdout.buffer.write(converted)
    return 0


def convert(content: bytes) -> bytes:
    """Raises RefusedError."""
    if not _is_known(content):
        raise RefusedError("not-audio")
    if _is_cut_off(content):
        raise RefusedError("cut-off")
    samples = array.array("h")
    try:
        for chunk in miniaudio.stream_memory(
            content, miniaudio.SampleFormat.SIGNED16, nchannels=1, sample_rate=RATE_HZ, frames_to_read=_CHUNK_FRAMES
        ):
            samples.extend(chunk)
            if len(samples) > MAX_SECONDS * RATE_HZ:
                raise RefusedError("too-long")
    except miniaudio.MiniaudioError:
        raise RefusedError("not-audio") from None
    if not samples:
        raise RefusedError("silent")
    return _wav(samples)


def _is_known(content: bytes) -> bool:
    """WAV, Ogg with Vorbis, or MP3, by how the file begins; the decoder would try everything on anything."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return True
    if content[:4] == b"OggS":
        return b"\x01vorbis" in content[:256]
    return content[:3] == b"ID3" or (len(content) > 2 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2)


def _is_cut_off(content: bytes) -> bool:
    """Whether a WAV file holds less sound than it says. Other formats do not say it; their rest is played."""
    if content[:4] != b"RIFF":
        return False
    position = 12
    while position + 8 <= len(content):
        name, size = content[position : position + 4], int.from_bytes(content[position + 4 : position + 8], "little")
        if name == b"data":
            return size != _UNKNOWN_SIZE and position + 8 + size > len(content)
        position += 8 + size + size % 2
    return False


def _wav(samples: array.array[int]) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
