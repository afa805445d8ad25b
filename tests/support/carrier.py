"""The telephone network: SIPp on a loopback address of its own dials in, as a carrier's switch would.

SIPp speaks SIP; the sound is ours (`support.rtp`), because SIPp cannot say what it hears.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from support.rtp import Sound
from support.tones import loudness_dbfs
from support.waiting import eventually

CARRIER_ADDRESS = "127.0.0.2"
"""Asterisk tells carriers apart by their address, so this one has an address that nothing else has."""

CARRIER_PORT = 5060
"""Where it takes calls."""

SCENARIO = Path(__file__).parent / "sipp" / "caller.xml"
LONGEST_CALL_SECONDS = 300


def wizard_text(*, address: str = CARRIER_ADDRESS) -> str:
    """A trunk to this carrier as an administrator writes it: no registration, A-law, called on port 5060.

    It is known by its address, and calls from any port: every SIPp has its own.
    """
    return "\n".join(
        (
            "type=wizard",
            "transport=trunk-transport",
            "accepts_registrations=no",
            "sends_auth=no",
            "sends_registrations=no",
            "endpoint/rtp_symmetric=no",
            "endpoint/force_rport=no",
            "endpoint/rewrite_contact=no",
            "endpoint/allow=alaw",
            "endpoint/dtmf_mode=rfc4733",
            "endpoint/context=from-pstn",
            f"remote_hosts={address}:{CARRIER_PORT}",
        )
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """How the far end answered: its media address and the payload types it chose."""

    address: str
    port: int
    payload_types: tuple[int, ...]


class Caller:
    """One person who calls, with a tone for a voice. Made by `Carrier.call`."""

    def __init__(
        self, trunk: tuple[str, int], folder: Path, address: str, *, did: str, number: str, tone_hz: float | None
    ) -> None:
        self.did, self.number = did, number
        self.sound = Sound(address, tone_hz)
        self._address = address
        self._call_id = f"{secrets.token_hex(8)}@{address}"
        self._port = _free_udp_port(address)
        self._folder = folder / f"caller-{number}-{secrets.token_hex(3)}"
        self._folder.mkdir()
        arguments = {
            "-sf": SCENARIO,
            "-i": address,
            "-p": self._port,
            "-m": 1,
            "-cid_str": self._call_id,
            "-timeout": LONGEST_CALL_SECONDS,
            "-log_file": self._folder / "log",
            "-error_file": self._folder / "errors",
            "-message_file": self._folder / "messages",
        }
        keys = {"did": did, "number": number, "rtp_port": self.sound.port}
        self._sipp = subprocess.Popen(
            [
                "sipp",
                "{}:{}".format(*trunk),
                *(str(part) for pair in arguments.items() for part in pair),
                *(str(part) for name, value in keys.items() for part in ("-key", name, value)),
                *("-nostdin", "-trace_logs", "-trace_err", "-trace_msg"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
        )

    @property
    def log(self) -> list[str]:
        """What happened so far; the words are explained in sipp/caller.xml."""
        path = self._folder / "log"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def answer(self) -> Answer | None:
        for line in self.log:
            if line.startswith("answered "):
                _, address, port, *payload_types = line.split()
                return Answer(address, int(port), tuple(map(int, payload_types)))
        return None

    @property
    def is_connected(self) -> bool:
        """Answered and not over."""
        return self.answer is not None and self._sipp.poll() is None and not self._is_over

    @property
    def was_hung_up(self) -> bool:
        """The other side ended the call."""
        return "far-end-hung-up" in self.log

    def wait_until_answered(self, *, within_seconds: float = 10.0) -> Answer:
        return eventually(lambda: self.answer, within_seconds=within_seconds, evidence=self.evidence)

    def wait_until_hung_up(self, *, within_seconds: float = 10.0) -> None:
        """Wait for the other side to end the call."""
        eventually(lambda: self.was_hung_up, within_seconds=within_seconds, evidence=self.evidence)

    def wait_until_hears(self, tone_hz: float, *, within_seconds: float = 10.0) -> None:
        eventually(lambda: self.sound.hears(tone_hz), within_seconds=within_seconds, evidence=self.evidence)

    def wait_until_rings(self, *, within_seconds: float = 10.0) -> None:
        eventually(lambda: "ringing" in self.log, within_seconds=within_seconds, evidence=self.evidence)

    def wait_until_hears_anything(self, *, within_seconds: float = 10.0) -> None:
        """Speech or music: clearly louder than a quiet line."""
        eventually(
            lambda: loudness_dbfs(self.sound.heard(last_seconds=2)) > -45,
            within_seconds=within_seconds,
            evidence=self.evidence,
        )

    def press(self, digits: str) -> None:
        """Press keys of the telephone."""
        self.sound.press(digits)

    def hang_up(self) -> None:
        """Put the telephone down (or give up before the answer), and wait until the other side confirmed it."""
        if self._put_down():
            eventually(lambda: self._is_over, within_seconds=10, evidence=self.evidence)

    def _put_down(self) -> bool:
        """False if the call is over already."""
        if self._sipp.poll() is not None or self._is_over:
            return False
        # The scenario hangs up at an INFO of its call.
        lines = (
            f"INFO sip:{self.number}@{self._address}:{self._port} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._address};branch=z9hG4bK{secrets.token_hex(6)}",
            f"From: <sip:test@{self._address}>;tag=test",
            f"To: <sip:{self.number}@{self._address}>",
            f"Call-ID: {self._call_id}",
            "CSeq: 1 INFO",
            "Content-Length: 0",
        )
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            control.sendto("\r\n".join((*lines, "", "")).encode(), (self._address, self._port))
        return True

    def evidence(self) -> str:
        errors = self._folder / "errors"
        return (
            f"caller {self.number} to {self.did}: {self.log}; {self.sound.packets_received} packets received"
            f"; {errors.read_text()[-2000:] if errors.exists() else 'no errors'}; messages in {self._folder}"
        )

    def leave(self) -> None:
        """End whatever is still going on. The other side may be dead, and never confirm it."""
        self._put_down()
        try:
            self._sipp.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._sipp.kill()
            self._sipp.wait()
        self.sound.close()

    @property
    def _is_over(self) -> bool:
        return any(line.split()[0] in {"hung-up", "far-end-hung-up", "cancelled", "refused"} for line in self.log)


class Carrier:
    """Places calls from an address to a trunk's; ends those still going on when it is left."""

    def __init__(self, trunk_host: str, trunk_port: int, folder: Path, *, address: str = CARRIER_ADDRESS) -> None:
        if shutil.which("sipp") is None:
            raise RuntimeError("SIPp is not installed; `make test-tools` installs it")
        self._trunk = (trunk_host, trunk_port)
        self._folder = folder
        self._address = address
        self._callers: list[Caller] = []

    def __enter__(self) -> Carrier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for caller in self._callers:
            caller.leave()

    def call(self, did: str, *, number: str | None = None, tone_hz: float | None = 700.0) -> Caller:
        """Dial. Without a number the caller has one that nobody else has."""
        caller = Caller(
            self._trunk,
            self._folder,
            self._address,
            did=did,
            number=number or f"54{secrets.randbelow(10**8):08}",
            tone_hz=tone_hz,
        )
        self._callers.append(caller)
        return caller


def _free_udp_port(address: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])
