"""SIP as raw text over a WebSocket (a webphone) and over UDP (Asterisk): just enough to ask Kamailio questions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import socket
import ssl
import time
from dataclasses import dataclass, field

from websocket import WebSocket

TIMEOUT_SECONDS = 5

WEBRTC_SDP = """v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
m=audio 9 UDP/TLS/RTP/SAVPF 111 8
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:abcd
a=ice-pwd:0123456789012345678901234567
a=candidate:1 1 udp 2122260223 127.0.0.1 {port} typ host
a=fingerprint:sha-256 {fingerprint}
a=setup:{setup}
a=mid:0
a=sendrecv
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtpmap:8 PCMA/8000
"""
PLAIN_SDP = """v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio {port} RTP/AVP 107 8
a=rtpmap:107 opus/48000/2
a=rtpmap:8 PCMA/8000
a=sendrecv
"""


def _md5(text: str) -> str:
    """SIP's digest is what browsers' SIP libraries speak."""
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324


def webrtc_sdp(setup: str = "actpass", port: int = 40000) -> str:
    fingerprint = ":".join(f"{byte:02X}" for byte in secrets.token_bytes(32))
    return WEBRTC_SDP.format(fingerprint=fingerprint, setup=setup, port=port).replace("\n", "\r\n")


def plain_sdp(port: int = 40002) -> str:
    return PLAIN_SDP.format(port=port).replace("\n", "\r\n")


def credentials(extension: str, secret: str, *, seconds: int = 600) -> tuple[str, str]:
    """User name and password as the application makes them for a webphone."""
    user = f"{int(time.time()) + seconds}:{extension}"
    return user, base64.b64encode(hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()).decode()


@dataclass
class Message:
    """A SIP message taken apart. `start` is the first line; header names are in lower case."""

    start: str
    headers: list[tuple[str, str]]
    body: str = ""

    @classmethod
    def parse(cls, text: str) -> Message:
        head, _, body = text.partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        headers = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return cls(start, headers, body)

    def all(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header == name.lower()]

    def __getitem__(self, name: str) -> str:
        return self.all(name)[0]

    @property
    def status(self) -> int:
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return "" if self.status else self.start.split()[0]

    def response(self, status: str, *, tag: str, contact: str = "", body: str = "") -> str:
        """The text of an answer to this request."""
        lines = [f"SIP/2.0 {status}"]
        lines += [f"Via: {value}" for value in self.all("via")]
        lines += [f"Record-Route: {value}" for value in self.all("record-route")]
        to = self["to"] if ";tag=" in self["to"] else f"{self['to']};tag={tag}"
        lines += [f"From: {self['from']}", f"To: {to}", f"Call-ID: {self['call-id']}", f"CSeq: {self['cseq']}"]
        lines += [f"Contact: {contact}"] if contact else []
        lines += ["Content-Type: application/sdp"] if body else []
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])


class SipSocket:
    """Sends and receives whole messages; `_transmit` and `_receive` know how."""

    def send(self, text: str) -> None:
        raise NotImplementedError

    def receive(self, timeout_seconds: float = TIMEOUT_SECONDS) -> Message:
        raise NotImplementedError

    def expect(self, *, status: int = 0, method: str = "", timeout_seconds: float = TIMEOUT_SECONDS) -> Message:
        """The next message of that kind; others are passed over."""
        seen = []
        limit = time.monotonic() + timeout_seconds
        while (left := limit - time.monotonic()) > 0:
            try:
                message = self.receive(left)
            except TimeoutError:
                break
            if (status and message.status == status) or (method and message.method == method):
                return message
            seen.append(message.start)
        raise AssertionError(f"no {status or method} within {timeout_seconds} s; there were {seen}")

    def receive_final(self) -> Message:
        """The next answer that ends a request."""
        while True:
            message = self.receive()
            if message.status >= 200:
                return message


class AsteriskSocket(SipSocket):
    """Stands where Asterisk's transport for agents is: an address that Kamailio listens to."""

    def __init__(self, port: int, kamailio_port: int, kamailio: str = "127.0.0.1") -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._peer = (kamailio, kamailio_port)
        self.port = port

    def send(self, text: str) -> None:
        self._socket.sendto(text.encode(), self._peer)

    def turn_to(self, kamailio: str) -> None:
        """Send to another address from now on."""
        self._peer = (kamailio, self._peer[1])

    def receive(self, timeout_seconds: float = TIMEOUT_SECONDS) -> Message:
        self._socket.settimeout(timeout_seconds)
        return Message.parse(self._socket.recv(65536).decode())

    def invite(self, extension: str, call_id: str, *, body: str = "", headers: str = "") -> str:
        """The text of an INVITE to a webphone."""
        sdp = body or plain_sdp()
        return (
            f"INVITE sip:{extension}@127.0.0.1:{self._peer[1]} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch=z9hG4bK{secrets.token_hex(8)}\r\n"
            f"From: <sip:omnileads@127.0.0.1:{self.port}>;tag=asterisk\r\nTo: <sip:{extension}@127.0.0.1>\r\n"
            f"Contact: <sip:asterisk@127.0.0.1:{self.port}>\r\n"
            f"Call-ID: {call_id}\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
            f"{headers}Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}"
        )

    def within(self, method: str, answer: Message, cseq: int) -> str:
        """The text of a request within the call that `answer` (a 200) made, sent by the caller."""
        target = re.search(r"<([^>]+)>", answer["contact"])
        assert target
        routes = "".join(f"Route: {value}\r\n" for value in reversed(_split_routes(answer.all("record-route"))))
        return (
            f"{method} {target[1]} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch=z9hG4bK{secrets.token_hex(8)}\r\n{routes}"
            f"From: {answer['from']}\r\nTo: {answer['to']}\r\nCall-ID: {answer['call-id']}\r\nCSeq: {cseq} {method}\r\n"
            f"Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )

    def close(self) -> None:
        self._socket.close()


def _split_routes(values: list[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",")]


@dataclass
class Webphone(SipSocket):
    """A webphone's connection, without any sound. `client_address` is what nginx would say of the browser."""

    port: int
    extension: str
    secret: str
    realm: str = "omnileads"
    client_address: str = "198.51.100.7"
    tls: ssl.SSLContext | None = None
    contact_user: str = field(default_factory=lambda: secrets.token_hex(4))
    address: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self._socket = WebSocket(
            (self.address, self.port),
            "/ws/sip",
            {"Sec-WebSocket-Protocol": "sip", "X-Forwarded-For": self.client_address},
            tls=self.tls,
        )
        self._cseq = 0
        self._call_id = secrets.token_hex(8)
        self._tag = secrets.token_hex(4)

    @property
    def contact(self) -> str:
        return f"<sip:{self.contact_user}@webphone.invalid;transport=ws>"

    def send(self, text: str) -> None:
        self._socket.send(text)

    def receive(self, timeout_seconds: float = TIMEOUT_SECONDS) -> Message:
        return Message.parse(self._socket.receive(timeout_seconds))

    def request(self, method: str, uri: str, *, to: str, sender: str = "", extra: str = "", body: str = "") -> str:
        """The text of a request outside any call."""
        self._cseq += 1
        own = f"sip:{sender or self.extension}@{self.realm}"
        content = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/WS webphone.invalid;branch=z9hG4bK{secrets.token_hex(8)}\r\n"
            f"From: <{own}>;tag={self._tag}\r\nTo: <{to}>\r\n"
            f"Call-ID: {self._call_id}\r\nCSeq: {self._cseq} {method}\r\n"
            f"Contact: {self.contact}\r\nMax-Forwards: 70\r\n{extra}{content}Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def authorization(self, challenge: Message, method: str, uri: str, user: str, password: str) -> str:
        """The header line that answers a challenge."""
        name = "WWW-Authenticate" if challenge.status == 401 else "Proxy-Authenticate"
        values = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge[name]))
        one = _md5(f"{user}:{self.realm}:{password}")
        two = _md5(f"{method}:{uri}")
        cnonce = secrets.token_hex(4)
        response = _md5(f"{one}:{values['nonce']}:00000001:{cnonce}:auth:{two}")
        header = "Authorization" if challenge.status == 401 else "Proxy-Authorization"
        return (
            f'{header}: Digest username="{user}", realm="{self.realm}", nonce="{values["nonce"]}", uri="{uri}", '
            f'response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="{cnonce}"\r\n'
        )

    def authenticated(
        self,
        method: str,
        uri: str,
        *,
        to: str,
        account: tuple[str, str] | None = None,
        sender: str = "",
        extra: str = "",
        body: str = "",
    ) -> Message:
        """Sends a request, answers the challenge and returns what comes then."""
        self.send(self.request(method, uri, to=to, sender=sender, extra=extra, body=body))
        challenge = self.receive()
        if challenge.status not in (401, 407):
            return challenge
        if method == "INVITE":
            self.send(self.request("ACK", uri, to=to, sender=sender))
            self._cseq -= 1
        user, password = account or credentials(self.extension, self.secret)
        authorization = self.authorization(challenge, method, uri, user, password)
        self.send(self.request(method, uri, to=to, sender=sender, extra=extra + authorization, body=body))
        return self.receive()

    def register(self, *, expires: int = 120, account: tuple[str, str] | None = None, extension: str = "") -> Message:
        """Registers and returns the final answer; `extension` is another's address when given."""
        address = f"sip:{extension or self.extension}@{self.realm}"
        return self.authenticated(
            "REGISTER",
            f"sip:{self.realm}",
            to=address,
            account=account,
            sender=extension,
            extra=f"Expires: {expires}\r\n",
        )

    def close(self) -> None:
        """Ends the connection as a browser does whose window is closed by force."""
        self._socket.close()
