"""Two Kamailios and two rtpengines: a webphone is found wherever it is, and one of each may die."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import settings
from containers import REPOSITORY, Container, eventually, free_port, image
from sip import AsteriskSocket, Message, Webphone, plain_sdp, webrtc_sdp
from test_redis import ask

from conftest import Start

FIRST, SECOND = "127.0.0.1", "127.0.0.3"
MEDIA = ("127.0.0.1", "127.0.0.2")
EXTENSION = "1001"


@dataclass
class Edges:
    """What there are two of, by address, and what they share."""

    kamailios: dict[str, Container]
    rtpengines: dict[str, Container]
    redis: Container
    environment: dict[str, str]
    phones: list[Webphone] = field(default_factory=list)
    peers: list[AsteriskSocket] = field(default_factory=list)

    def webphone(self, kamailio: str, extension: str = EXTENSION) -> Webphone:
        """Registered there."""
        port, secret = int(self.environment["KAMAILIO_WS_PORT"]), self.environment["SIP_EPHEMERAL_SECRET"]
        phone = Webphone(port, extension, secret, address=kamailio)
        self.phones.append(phone)
        assert phone.register().status == 200
        self.wait_until_at(kamailio, extension)
        return phone

    def asterisk(self, kamailio: str = FIRST) -> AsteriskSocket:
        """An Asterisk that sends to this Kamailio."""
        environment = self.environment
        ports = int(environment["ASTERISK_SIP_AGENT_PORT"]), int(environment["KAMAILIO_SIP_PORT"])
        peer = AsteriskSocket(*ports, kamailio)
        self.peers.append(peer)
        return peer

    def place(self, extension: str = EXTENSION) -> str:
        """The Kamailio where the webphone is said to be."""
        return ask(self.redis, "GET", f"oml:webphone:{extension}").partition(":")[0]

    def wait_until_at(self, kamailio: str, extension: str = EXTENSION) -> None:
        eventually(lambda: self.place(extension) == kamailio, within_seconds=20, evidence=self.evidence)

    def lives(self, kamailio: str) -> bool:
        port = self.environment["KAMAILIO_SIP_PORT"]
        return ask(self.redis, "EXISTS", f"oml:kamailio:{kamailio}:{port}") == "1"

    def evidence(self) -> str:
        return "\n".join(f"--- {each.name}\n{each.logs()[-3000:]}" for each in self.kamailios.values())


@pytest.fixture
def edges(start: Start) -> Iterator[Edges]:
    redis = start("redis", settings.redis())
    media = settings.rtpengine()
    environment = settings.kamailio() | {
        "REDIS_PORT": redis.environment["REDIS_PORT"],
        "RTPENGINE_NG_PORT": media["RTPENGINE_NG_PORT"],
        "RTPENGINE_HOST": ",".join(MEDIA),
        "KAMAILIO_PEERS": f"{FIRST},{SECOND}",
    }
    rtpengines = {}
    for address in MEDIA:
        own = {"RTPENGINE_INTERFACE": address, "RTPENGINE_INTERNAL_INTERFACE": address, "RTPENGINE_HOST": address}
        rtpengines[address] = start("rtpengine", media | own)
    kamailios = {
        address: start("kamailio", environment | {"KAMAILIO_LISTEN": address}, wait=False)
        for address in (FIRST, SECOND)
    }
    for kamailio in kamailios.values():
        kamailio.wait_until_healthy()
    made = Edges(kamailios, rtpengines, redis, environment)
    yield made
    for phone in made.phones:
        phone.close()
    for peer in made.peers:
        peer.close()


def answered(edges: Edges, phone: Webphone, peer: AsteriskSocket, call_id: str) -> tuple[Message, Message]:
    """A call from Asterisk to the webphone, up: the INVITE as the webphone saw it, the answer as Asterisk did."""
    peer.send(peer.invite(EXTENSION, call_id))
    try:
        invite = phone.expect(method="INVITE")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{edges.evidence()}") from error
    phone.send(invite.response("200 OK", tag="browser", contact=phone.contact, body=webrtc_sdp("active")))
    answer = peer.expect(status=200)
    peer.send(peer.within("ACK", answer, 1))
    phone.expect(method="ACK")
    return invite, answer


def media_of_a_call(edges: Edges, phone: Webphone, peer: AsteriskSocket, call_id: str) -> str:
    """The rtpengine that a call got, which is over then."""
    _, answer = answered(edges, phone, peer, call_id)
    peer.send(peer.within("BYE", answer, 2))
    phone.send(phone.expect(method="BYE").response("200 OK", tag="browser"))
    peer.expect(status=200)
    return media_of(answer)


def media_of(message: Message) -> str:
    """The rtpengine that a message names."""
    found = re.search(r"^c=IN IP4 (\S+)", message.body, re.MULTILINE)
    assert found, message.body
    return found[1]


def test_each_webphone_is_rung_where_it_is(edges: Edges) -> None:
    here, there = edges.webphone(FIRST, "1001"), edges.webphone(SECOND, "1002")
    peer = edges.asterisk(FIRST)
    peer.send(peer.invite("1001", "here"))
    assert here.expect(method="INVITE")["call-id"] == "here"
    peer.turn_to(SECOND)
    peer.send(peer.invite("1002", "there"))
    assert there.expect(method="INVITE")["call-id"] == "there"


def test_a_webphone_that_is_at_the_other_is_found_there(edges: Edges) -> None:
    phone, peer = edges.webphone(SECOND), edges.asterisk(FIRST)
    invite, answer = answered(edges, phone, peer, "handed-on")
    assert "fingerprint" in invite.body
    assert "RTP/AVP" in answer.body
    peer.send(peer.within("BYE", answer, 2))
    bye = phone.expect(method="BYE")
    phone.send(bye.response("200 OK", tag="browser"))
    assert peer.expect(status=200)["cseq"] == "2 BYE"
    peer.send(peer.invite("2999", "nobody"))
    assert peer.expect(status=480)


def test_the_first_one_forgets_no_webphone_that_has_gone_to_the_other(edges: Edges) -> None:
    old = edges.webphone(FIRST)
    new = edges.webphone(SECOND)
    old.close()
    # As long as the first takes to see the end of the connection, and to carry it to Redis.
    probe = edges.webphone(FIRST, "1002")
    probe.close()
    eventually(lambda: edges.place("1002") == "", within_seconds=20, evidence=edges.evidence)
    assert edges.place() == SECOND
    assert new.register(expires=0).status == 200
    eventually(lambda: edges.place() == "", evidence=edges.evidence)


def test_a_kamailio_that_dies_is_seen_to_be_dead_and_its_webphones_come_back_at_the_other(edges: Edges) -> None:
    edges.webphone(FIRST)
    eventually(lambda: edges.lives(FIRST) and edges.lives(SECOND), evidence=edges.evidence)
    edges.kamailios[FIRST].kill_main_process()
    edges.kamailios[FIRST].wait_for_exit()
    assert edges.place() == FIRST, "nobody has said goodbye"
    again = edges.webphone(SECOND)
    peer = edges.asterisk(SECOND)
    answered(edges, again, peer, "after")
    eventually(lambda: not edges.lives(FIRST), within_seconds=20, evidence=edges.evidence)
    assert edges.lives(SECOND)


def test_a_call_of_a_dead_kamailio_is_ended_by_either_side(edges: Edges) -> None:
    phone, peer = edges.webphone(FIRST), edges.asterisk(FIRST)
    invite, _ = answered(edges, phone, peer, "by-the-agent")
    phone.close()
    edges.kamailios[FIRST].kill_main_process()
    edges.kamailios[FIRST].wait_for_exit()
    phone = edges.webphone(SECOND)
    phone.send(_within_by_webphone(phone, invite, "BYE", 7))
    bye = peer.expect(method="BYE")
    peer.turn_to(SECOND)
    peer.send(bye.response("200 OK", tag="asterisk"))
    assert phone.expect(status=200)["cseq"] == "7 BYE"

    # Asterisk repeats what is not answered, to the one that it has sent to until now; here that one is back by then.
    edges.kamailios[FIRST].start_again()
    edges.kamailios[FIRST].wait_until_healthy()
    _, answer = answered(edges, phone, peer, "by-asterisk")
    edges.kamailios[SECOND].kill_main_process()
    edges.kamailios[SECOND].wait_for_exit()
    edges.kamailios[SECOND].start_again()
    edges.kamailios[SECOND].wait_until_healthy()
    phone = edges.webphone(FIRST)
    peer.send(peer.within("BYE", answer, 2))
    assert phone.expect(method="BYE")["call-id"] == "by-asterisk"


def _within_by_webphone(phone: Webphone, invite: Message, method: str, cseq: int) -> str:
    """A request of the webphone within a call that it was called with, by the route that was recorded then."""
    target = re.search(r"<([^>]+)>", invite["contact"])
    assert target
    routes = "".join(f"Route: {value}\r\n" for value in invite.all("record-route"))
    return (
        f"{method} {target[1]} SIP/2.0\r\nVia: SIP/2.0/WS webphone.invalid;branch=z9hG4bK{method}{cseq}\r\n{routes}"
        f"From: <sip:{phone.extension}@omnileads>;tag=browser\r\nTo: {invite['from']}\r\n"
        f"Call-ID: {invite['call-id']}\r\nCSeq: {cseq} {method}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )


def test_calls_are_shared_by_the_rtpengines_and_go_on_with_one_of_them(edges: Edges) -> None:
    phone, peer = edges.webphone(FIRST), edges.asterisk(FIRST)
    used = {media_of_a_call(edges, phone, peer, f"shared-{number}") for number in range(12)}
    assert used == set(MEDIA)
    edges.rtpengines[MEDIA[0]].kill_main_process()
    for number in range(12):
        assert media_of_a_call(edges, phone, peer, f"after-{number}") == MEDIA[1]
    edges.rtpengines[MEDIA[0]].start_again()
    edges.rtpengines[MEDIA[0]].wait_until_healthy()

    def is_used_again() -> bool:
        return media_of_a_call(edges, phone, peer, f"again-{free_port()}") == MEDIA[0]

    eventually(is_used_again, within_seconds=30, evidence=edges.evidence)


def test_a_call_whose_rtpengine_died_gets_another_when_its_webphone_asks_for_a_new_path(edges: Edges) -> None:
    phone, peer = edges.webphone(FIRST), edges.asterisk(FIRST)
    invite, answer = answered(edges, phone, peer, "loses-its-sound")
    lost = media_of(answer)
    kept = next(address for address in MEDIA if address != lost)
    edges.rtpengines[lost].kill_main_process()
    body = webrtc_sdp()
    text = _within_by_webphone(phone, invite, "INVITE", 8).replace("Content-Length: 0\r\n\r\n", "")
    headers = f"Contact: {phone.contact}\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n"
    phone.send(text + headers + body)
    offer = peer.expect(method="INVITE")
    assert media_of(offer) == kept
    contact = f"<sip:asterisk@127.0.0.1:{peer.port}>"
    peer.send(offer.response("200 OK", tag="asterisk", contact=contact, body=plain_sdp()))
    accepted = phone.expect(status=200)
    assert media_of(accepted) == kept
    assert "a=ice-ufrag" in accepted.body


def test_addresses_that_change_are_followed_without_a_restart(start: Start, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 media.test pbx.test peers.test\n")
    names = {"RTPENGINE_HOST": "media.test", "ASTERISK_HOST": "pbx.test", "KAMAILIO_PEERS": "peers.test"}
    kamailio = start("kamailio", settings.kamailio() | names, volumes={"/etc/hosts": str(hosts)})

    def control(*command: str) -> str:
        return kamailio.execute("kamcmd", "-s", "unixs:/run/kamailio/control", *command)

    assert "127.0.0.2" not in control("rtpengine.show", "all")
    hosts.write_text("127.0.0.2 media.test pbx.test peers.test\n127.0.0.4 media.test\n")

    def table(name: str) -> set[str]:
        return set(re.findall(r"name: ([0-9.]+):", control("htable.dump", name)))

    def rtpengines() -> set[str]:
        return set(re.findall(r"udp:([0-9.]+):", control("rtpengine.show", "all")))

    for name in ("asterisk", "kamailio"):
        eventually(lambda name=name: table(name) == {"127.0.0.2"}, within_seconds=40, evidence=kamailio.logs)  # type: ignore[misc]

    eventually(lambda: rtpengines() == {"127.0.0.2", "127.0.0.4"}, within_seconds=40, evidence=kamailio.logs)
    # A name of which nothing is known any more keeps what it had.
    hosts.write_text("127.0.0.9 pbx.test\n")
    eventually(lambda: table("asterisk") == {"127.0.0.9"}, within_seconds=40, evidence=kamailio.logs)
    assert rtpengines() == {"127.0.0.2", "127.0.0.4"}


def test_the_job_of_a_rotation_waits_until_asterisk_and_kamailio_know_the_next_passwords(
    start: Start, tmp_path: Path
) -> None:
    """The operator's own script, in the image that the operator runs it in."""
    script = REPOSITORY / "operator/omnileads_operator/desired/scripts/rotate-asterisk.sh"
    for name, text in {"user": "omnileads_second", "password": "ari-now", "secret": "sip-now"}.items():
        (tmp_path / name).write_text(text)
    tmp_path.chmod(0o755)
    folder = {"/etc/omnileads/rotated": str(tmp_path)}
    asterisk_env = settings.asterisk() | {"ASTERISK_ARI_FILES": "/etc/omnileads/rotated"}
    kamailio_env = settings.kamailio() | {"SIP_EPHEMERAL_SECRET_FILE": "/etc/omnileads/rotated/secret"}
    kamailio = start("kamailio", kamailio_env, volumes=folder)
    asterisk = start("asterisk", asterisk_env, volumes=folder)
    told = {
        "ASTERISK_HOST": "127.0.0.1",
        "ASTERISK_ARI_PORT": asterisk_env["ASTERISK_ARI_PORT"],
        "ASTERISK_ARI_USER": "omnileads_second",
        "ARI_PASSWORD": "ari-next",
        "KAMAILIO_HOST": "127.0.0.1",
        "KAMAILIO_WS_PORT": kamailio_env["KAMAILIO_WS_PORT"],
        "SIP_SECRET": "sip-next",
    }
    variables = [argument for name, value in told.items() for argument in ("--env", f"{name}={value}")]
    command = ["podman", "run", "--rm", "--network", "host", *variables, "--entrypoint", "bash", image("asterisk")]
    with subprocess.Popen([*command, "-c", script.read_text()], stderr=subprocess.PIPE, text=True) as job:
        try:
            (tmp_path / "password_next").write_text("ari-next")
            eventually(lambda: "users of ARI have changed" in asterisk.logs(), within_seconds=30)
            assert job.poll() is None, "Kamailio does not know it yet"
            (tmp_path / "secret_next").write_text("sip-next")
            assert job.wait(60) == 0, kamailio.logs()
        finally:
            job.kill()
