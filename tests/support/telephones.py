"""Telephones that are called: a minimal SIP user agent for each, many behind one address.

Fast and exact where a program would be slow: a test sees each call, lets it ring, takes it, refuses it, or goes dead.
"""

from __future__ import annotations

import re
import secrets
import socket
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from support.rtp import Sound
from support.waiting import eventually


@dataclass(frozen=True)
class Message:
    """A SIP message. Header names are in lower case; of repeated headers the first counts, but `via` has all."""

    start: str
    headers: dict[str, str]
    via: tuple[str, ...]
    body: str

    @classmethod
    def parse(cls, data: bytes) -> Message:
        head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        headers: dict[str, str] = {}
        via: list[str] = []
        for line in lines:
            name, _, value = line.partition(":")
            if name.lower() == "via":
                via.append(value.strip())
            headers.setdefault(name.strip().lower(), value.strip())
        return cls(start, headers, tuple(via), body)

    @property
    def method(self) -> str:
        return self.start.split()[0]

    @property
    def called(self) -> str:
        """Whom a request is for."""
        found = re.match(r"\S+ sips?:([^@;>]+)@", self.start)
        assert found, self.start
        return found[1]


@dataclass
class Offer:
    """A call as it reaches a telephone. `headers` are those of the INVITE, names in lower case."""

    invite: Message
    peer: tuple[str, int]
    tag: str = field(default_factory=lambda: secrets.token_hex(6))
    state: str = "ringing"
    """ringing, talking, cancelled, refused, or over"""
    sound: Sound | None = None

    @property
    def headers(self) -> dict[str, str]:
        return self.invite.headers

    @property
    def call_id(self) -> str:
        """The call as the acd knows it."""
        return self.headers["omlcallid"]


class Telephone:
    """One telephone, with a tone for a voice. It rings until the test does something, or does at once what is set."""

    def __init__(self, exchange: Exchange, number: str, tone_hz: float) -> None:
        self.number = number
        self.tone_hz = tone_hz
        self.answers_at_once = False
        self.refuses_with: str | None = None
        """a status and reason, e.g. "486 Busy Here" """
        self.plays_before_answer = False
        """its tone is heard while it rings (early media)"""
        self.offers: list[Offer] = []
        self._exchange = exchange

    @property
    def offer(self) -> Offer | None:
        """The call that rings or is talked to."""
        return next((offer for offer in self.offers if offer.state in {"ringing", "talking"}), None)

    @property
    def is_ringing(self) -> bool:
        return self.offer is not None and self.offer.state == "ringing"

    @property
    def is_talking(self) -> bool:
        return self.offer is not None and self.offer.state == "talking"

    def wait_until_ringing(self, *, within_seconds: float = 10.0) -> Offer:
        def ringing() -> Offer | None:
            return self.offer if self.is_ringing else None

        return eventually(ringing, within_seconds=within_seconds, every_seconds=0.02, evidence=self.evidence)

    def wait_until_idle(self, *, within_seconds: float = 10.0) -> None:
        eventually(
            lambda: self.offer is None, within_seconds=within_seconds, every_seconds=0.02, evidence=self.evidence
        )

    def answer(self) -> Offer:
        """Take the call that rings."""
        offer = self._offer_that_is("ringing")
        self._exchange.accept(offer, self.tone_hz)
        return offer

    def answer_if_it_rings(self) -> None:
        """Press answer at a moment at which somebody else may just have taken the call."""
        offer = self.offer
        if offer is not None:
            self._exchange.accept(offer, self.tone_hz)

    def reject(self, status: str = "486 Busy Here") -> None:
        offer = self._offer_that_is("ringing")
        offer.state = "refused"
        self._exchange.reply(offer.invite, offer.peer, status, tag=offer.tag)

    def hang_up(self) -> None:
        """End the talk, and wait until Asterisk confirmed."""
        offer = self._offer_that_is("talking")
        self._exchange.say_goodbye(offer)
        eventually(lambda: offer.state == "over", evidence=self.evidence)

    def forget_calls(self) -> None:
        """What it talks to is gone without a word; the agent hangs up."""
        for offer in self.offers:
            offer.state = "over"
            if offer.sound:
                offer.sound.fall_silent()

    def _offer_that_is(self, state: str) -> Offer:
        offer = self.offer
        assert offer is not None, self.evidence()
        assert offer.state == state, self.evidence()
        return offer

    def evidence(self) -> str:
        return f"telephone {self.number}: {[offer.state for offer in self.offers]}"


class Exchange:
    """An address with telephones behind it: their SIP in one place."""

    def __init__(self, address: str, port: int) -> None:
        self._address = (address, port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(self._address)
        self._socket.settimeout(0.2)
        self._phones: dict[str, Telephone] = {}
        self._offers: dict[str, Offer] = {}
        self._deciding = threading.Lock()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._listen, name=f"exchange-{address}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for offer in self._offers.values():
            if offer.state == "talking":
                self.say_goodbye(offer)
            if offer.sound:
                offer.sound.close()
        self._is_over.set()
        self._thread.join(timeout=2)
        self._socket.close()

    def telephone(self, number: str, *, tone_hz: float = 440.0) -> Telephone:
        """A telephone with this number."""
        phone = Telephone(self, number, tone_hz)
        self.connect(phone)
        return phone

    def connect(self, phone: Telephone) -> None:
        self._phones[phone.number] = phone

    def forget(self, phone: Telephone) -> None:
        self._phones.pop(phone.number, None)

    def reply(self, request: Message, peer: tuple[str, int], status: str, *, tag: str = "", body: str = "") -> None:
        to = request.headers["to"]
        lines = [
            f"SIP/2.0 {status}",
            *(f"Via: {via}" for via in request.via),
            f"From: {request.headers['from']}",
            f"To: {to if ';tag=' in to or not tag else f'{to};tag={tag}'}",
            f"Call-ID: {request.headers['call-id']}",
            f"CSeq: {request.headers['cseq']}",
            f"Contact: <sip:telephone@{self._address[0]}:{self._address[1]}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self._send(lines, body, peer)

    def accept(self, offer: Offer, tone_hz: float) -> None:
        """Answer with A-law; unless the call was just cancelled."""
        with self._deciding:
            if offer.state != "ringing":
                return
            offer.state = "talking"
        self.reply(offer.invite, offer.peer, "200 OK", tag=offer.tag, body=self._speak(offer, tone_hz))

    def _speak(self, offer: Offer, tone_hz: float) -> str:
        """Begin to speak to where the offer wants to hear it; returns the description of where this side hears."""
        if offer.sound is None:
            offer.sound = Sound(self._address[0], tone_hz)
            address = re.search(r"c=IN IP4 (\S+)", offer.invite.body)
            port = re.search(r"m=audio (\d+)", offer.invite.body)
            assert address, offer.invite.body
            assert port, offer.invite.body
            offer.sound.send_to(address[1], int(port[1]))
        return self._description(offer.sound.port)

    def say_goodbye(self, offer: Offer) -> None:
        contact = re.search(r"<?(sip:[^>;]+)", offer.headers["contact"])
        assert contact, offer.headers["contact"]
        lines = [
            f"BYE {contact[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._address[0]}:{self._address[1]};branch=z9hG4bK{secrets.token_hex(8)}",
            f"From: {offer.headers['to']};tag={offer.tag}",
            f"To: {offer.headers['from']}",
            f"Call-ID: {offer.headers['call-id']}",
            "CSeq: 1 BYE",
            "Max-Forwards: 70",
            "Content-Length: 0",
        ]
        self._send(lines, "", offer.peer)

    def _description(self, port: int) -> str:
        lines = (
            "v=0",
            f"o=telephone 1 1 IN IP4 {self._address[0]}",
            "s=-",
            f"c=IN IP4 {self._address[0]}",
            "t=0 0",
            f"m=audio {port} RTP/AVP 8",
            "a=rtpmap:8 PCMA/8000",
            "a=sendrecv",
        )
        return "\r\n".join((*lines, ""))

    def _send(self, lines: list[str], body: str, peer: tuple[str, int]) -> None:
        self._socket.sendto("\r\n".join((*lines, "", body)).encode(), peer)

    def _listen(self) -> None:
        while not self._is_over.is_set():
            try:
                data, peer = self._socket.recvfrom(65536)
            except TimeoutError:
                continue
            message = Message.parse(data)
            if message.method == "SIP/2.0":
                self._answered(message)
            elif message.method == "INVITE":
                self._invited(message, peer)
            else:
                self._requested(message, peer)

    def _invited(self, invite: Message, peer: tuple[str, int]) -> None:
        call_id = invite.headers["call-id"]
        phone = self._phones.get(invite.called)
        if call_id in self._offers:
            return  # sent again; it is being answered
        if phone is None:
            return  # a dead telephone does not say that it is dead
        offer = Offer(invite, peer)
        self._offers[call_id] = offer
        phone.offers.append(offer)
        if phone.refuses_with is not None:
            offer.state = "refused"
            self.reply(invite, peer, phone.refuses_with, tag=offer.tag)
        elif phone.plays_before_answer:
            body = self._speak(offer, phone.tone_hz)
            self.reply(invite, peer, "183 Session Progress", tag=offer.tag, body=body)
        else:
            self.reply(invite, peer, "180 Ringing", tag=offer.tag)
        if phone.answers_at_once:
            self.accept(offer, phone.tone_hz)

    def _requested(self, request: Message, peer: tuple[str, int]) -> None:
        offer = self._offers.get(request.headers["call-id"])
        if request.method == "ACK":
            return
        if offer is not None and request.called not in self._phones and request.method != "BYE":
            return
        self.reply(request, peer, "200 OK", tag=offer.tag if offer else "")
        if offer is None:
            return
        if request.method == "CANCEL":
            with self._deciding:
                if offer.state != "ringing":
                    return
                offer.state = "cancelled"
            self.reply(offer.invite, offer.peer, "487 Request Terminated", tag=offer.tag)
        elif request.method == "BYE":
            self._over(offer)

    def _answered(self, answer: Message) -> None:
        offer = self._offers.get(answer.headers["call-id"])
        if offer is not None and answer.headers["cseq"].endswith("BYE"):
            self._over(offer)

    @staticmethod
    def _over(offer: Offer) -> None:
        offer.state = "over"
        if offer.sound:
            offer.sound.fall_silent()
