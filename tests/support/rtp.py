"""The sound of one telephone: sends a tone as A-law over RTP, keeps what it hears with the time it arrived."""

from __future__ import annotations

import secrets
import socket
import struct
import threading
import time
from array import array
from collections import deque
from dataclasses import dataclass
from types import TracebackType

from support.tones import from_alaw, is_heard, sine, to_alaw

PACKET_SECONDS = 0.02
PACKET_BYTES = 160
PCMA = 8
TELEPHONE_EVENT = 101
DIGITS = "0123456789*#"
DIGIT_PACKETS, PAUSE_PACKETS = 6, 4
"""How long a key is held, and the pause after it, in packets of 20 ms."""


@dataclass(frozen=True, slots=True)
class Packet:
    """20 ms of sound. `at` is the monotonic time of arrival."""

    at: float
    sequence: int
    payload: bytes


class Sound:
    """Speaks and listens on a UDP port of its own, symmetrically: it answers where the first packet came from."""

    def __init__(self, address: str, tone_hz: float | None) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self.port = int(self._socket.getsockname()[1])
        self.tone_hz = tone_hz
        self._tone = to_alaw(sine(tone_hz, 1.0)) if tone_hz else b"\xd5" * 8000
        self._peer: tuple[str, int] | None = None
        self._packets: list[Packet] = []
        self._events: deque[bytes | None] = deque()
        """what to send instead of speech: telephone events, None for a pause"""
        self._event_stamp = 0
        self._is_speaking = threading.Event()
        self._is_speaking.set()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"sound-{self.port}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Sound:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send_to(self, address: str, port: int) -> None:
        """Begin to speak without waiting to be spoken to."""
        self._peer = (address, port)

    def press(self, digits: str) -> None:
        """Press keys, one after the other (RFC 4733). Returns at once."""
        for digit in digits:
            event = DIGITS.index(digit)
            for packet in range(1, DIGIT_PACKETS + 1):
                self._events.append(struct.pack("!BBH", event, 10, packet * PACKET_BYTES))
            for _ in range(3):  # the end is said three times, as it may get lost
                self._events.append(struct.pack("!BBH", event, 0x80 | 10, (DIGIT_PACKETS + 1) * PACKET_BYTES))
            self._events.extend([None] * PAUSE_PACKETS)

    def fall_silent(self) -> None:
        """Send nothing any more, as a telephone does whose network is gone."""
        self._is_speaking.clear()

    def close(self) -> None:
        self._is_over.set()
        self._thread.join(timeout=2)
        self._socket.close()

    @property
    def packets_received(self) -> int:
        return len(self._packets)

    def heard(self, *, last_seconds: float | None = None, since: float | None = None) -> array[int]:
        """What was received, in order of arrival; of the last seconds only, or since a monotonic time."""
        start = time.monotonic() - last_seconds if last_seconds is not None else (since or 0.0)
        return from_alaw(b"".join(packet.payload for packet in tuple(self._packets) if packet.at >= start))

    def hears(self, tone_hz: float, *, last_seconds: float = 1.0) -> bool:
        """Whether a tone is heard now: it fills what arrived in the last second, and enough of it arrived."""
        samples = self.heard(last_seconds=last_seconds)
        return len(samples) > 0.6 * last_seconds * 8000 and is_heard(samples, tone_hz)

    def longest_silence(self, tone_hz: float, *, since: float, until: float | None = None) -> float:
        """The longest time in seconds without the tone, judged by 100 ms windows of arrival."""
        end = time.monotonic() if until is None else until
        packets = [packet for packet in tuple(self._packets) if since <= packet.at <= end]
        longest, last_heard = 0.0, since
        window: list[Packet] = []
        for packet in packets:
            window = [*(earlier for earlier in window if earlier.at > packet.at - 0.1), packet]
            if len(window) >= 3 and is_heard(from_alaw(b"".join(one.payload for one in window)), tone_hz):
                longest, last_heard = max(longest, packet.at - last_heard), packet.at
        return max(longest, end - last_heard)

    def _run(self) -> None:
        ssrc, sequence, stamp, offset = secrets.randbits(32), secrets.randbits(15), secrets.randbits(31), 0
        due = time.monotonic()
        while not self._is_over.is_set():
            self._socket.settimeout(max(0.0005, due - time.monotonic()))
            try:
                data, peer = self._socket.recvfrom(2048)
            except TimeoutError:
                pass
            else:
                self._keep(data, peer)
            if time.monotonic() < due:
                continue
            due += PACKET_SECONDS
            if self._peer is not None and self._events:
                event = self._events.popleft()
                if event is None:
                    self._event_stamp = 0
                else:
                    kind = TELEPHONE_EVENT | (0x80 if self._event_stamp == 0 else 0)
                    self._event_stamp = self._event_stamp or stamp & 0xFFFFFFFF
                    header = struct.pack("!BBHII", 0x80, kind, sequence & 0xFFFF, self._event_stamp, ssrc)
                    self._socket.sendto(header + event, self._peer)
                    sequence += 1
            elif self._peer is not None and self._is_speaking.is_set():
                header = struct.pack("!BBHII", 0x80, PCMA, sequence & 0xFFFF, stamp & 0xFFFFFFFF, ssrc)
                payload = self._tone[offset : offset + PACKET_BYTES]
                self._socket.sendto(header + payload, self._peer)
                sequence += 1
            stamp += PACKET_BYTES
            offset = (offset + PACKET_BYTES) % len(self._tone)

    def _keep(self, data: bytes, peer: tuple[str, int]) -> None:
        if len(data) < 12 or data[0] >> 6 != 2 or 200 <= data[1] <= 204:
            return
        self._peer = self._peer or peer
        if data[1] & 0x7F == PCMA:
            sequence = struct.unpack_from("!H", data, 2)[0]
            self._packets.append(Packet(time.monotonic(), sequence, data[12:]))
