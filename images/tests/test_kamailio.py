"""Kamailio: who may register, who is said to be reachable, which calls pass, and what happens when peers are away."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import settings
from containers import Container, eventually, free_port
from sip import AsteriskSocket, Webphone, credentials, webrtc_sdp
from test_redis import ask

from conftest import Start

EXTENSION = "1001"


@dataclass
class Proxy:
    """Kamailio with its Redis and rtpengine, and where its peers are."""

    kamailio: Container
    redis: Container
    rtpengine: Container
    phones: list[Webphone] = field(default_factory=list)

    def webphone(
        self, extension: str = EXTENSION, *, secret: str = "", client_address: str = "198.51.100.7"
    ) -> Webphone:
        environment = self.kamailio.environment
        secret = secret or environment["SIP_EPHEMERAL_SECRET"]
        phone = Webphone(int(environment["KAMAILIO_WS_PORT"]), extension, secret, client_address=client_address)
        self.phones.append(phone)
        return phone

    def asterisk(self) -> AsteriskSocket:
        environment = self.kamailio.environment
        return AsteriskSocket(int(environment["ASTERISK_SIP_AGENT_PORT"]), int(environment["KAMAILIO_SIP_PORT"]))

    def presence(self, extension: str = EXTENSION) -> str:
        """The contact of a webphone that is said to be reachable here."""
        said = ask(self.redis, "GET", f"oml:webphone:{extension}")
        address, _, rest = said.partition(" ")
        assert address in ("", f"127.0.0.1:{self.kamailio.environment['KAMAILIO_SIP_PORT']}")
        return rest.partition(" ")[2]

    def evidence(self) -> str:
        return self.kamailio.logs()[-4000:]


@pytest.fixture
def proxy(start: Start) -> Iterator[Proxy]:
    redis = start("redis", settings.redis())
    rtpengine = start("rtpengine", settings.rtpengine())
    kamailio = start(
        "kamailio",
        settings.kamailio()
        | {
            "REDIS_PORT": redis.environment["REDIS_PORT"],
            "RTPENGINE_NG_PORT": rtpengine.environment["RTPENGINE_NG_PORT"],
        },
        restart="always",
    )
    one = Proxy(kamailio, redis, rtpengine)
    yield one
    for phone in one.phones:
        phone.close()


def test_the_right_credentials_register(proxy: Proxy) -> None:
    phone = proxy.webphone()
    assert phone.register().status == 200
    assert eventually(proxy.presence, evidence=proxy.evidence).startswith(f"sip:{phone.contact_user}@")
    seconds = int(ask(proxy.redis, "TTL", f"oml:webphone:{EXTENSION}"))
    assert 110 <= seconds <= 120


def test_the_previous_secret_is_still_good(start: Start) -> None:
    kamailio = start("kamailio", settings.kamailio() | {"SIP_EPHEMERAL_SECRET_PREVIOUS": "old-secret"})
    phone = Webphone(int(kamailio.environment["KAMAILIO_WS_PORT"]), EXTENSION, "old-secret")
    assert phone.register().status == 200
    assert "sip-secret" not in kamailio.logs()
    assert "old-secret" not in kamailio.logs()


def test_secrets_in_files_take_turns_without_a_restart(start: Start, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("first-secret")
    tmp_path.chmod(0o755)
    environment = {key: value for key, value in settings.kamailio().items() if key != "SIP_EPHEMERAL_SECRET"}
    kamailio = start(
        "kamailio",
        environment | {"SIP_EPHEMERAL_SECRET_FILE": "/etc/omnileads/sip/secret"},
        volumes={"/etc/omnileads/sip": str(tmp_path)},
    )
    port = int(environment["KAMAILIO_WS_PORT"])
    stays = Webphone(port, "1001", "first-secret")
    assert stays.register().status == 200

    def is_good(secret: str) -> bool:
        user, password = credentials("1002", secret)
        place = f"http://127.0.0.1:{port}/credentials"
        request = urllib.request.Request(place, headers={"X-User": user, "X-Password": password})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            return False

    def are_good() -> list[bool]:
        return [is_good(secret) for secret in ("first-secret", "second-secret")]

    assert are_good() == [True, False]
    (tmp_path / "secret_next").write_text("second-secret")
    eventually(lambda: are_good() == [True, True], within_seconds=30, evidence=kamailio.logs)
    (tmp_path / "secret_next").rename(tmp_path / "secret_previous")
    (tmp_path / "secret").write_text("second-secret")
    (tmp_path / "secret_previous").write_text("first-secret")
    assert are_good() == [True, True]
    (tmp_path / "secret_previous").unlink()
    eventually(lambda: are_good() == [False, True], within_seconds=30, evidence=kamailio.logs)
    assert Webphone(port, "1003", "first-secret").register().status == 401
    assert Webphone(port, "1004", "second-secret").register().status == 200
    stays.send(stays.request("OPTIONS", "sip:omnileads", to="sip:omnileads"))
    assert stays.receive().status == 200, "connections stay"
    assert "secret" not in kamailio.logs().replace("one more secret", "").replace("one secret", "")


@pytest.mark.parametrize(
    ("account", "status"),
    [
        pytest.param((f"{int(time.time()) + 600}:{EXTENSION}", "wrong"), 401, id="wrong-password"),
        pytest.param(credentials(EXTENSION, "sip-secret", seconds=-1), 401, id="expired"),
        pytest.param((EXTENSION, "sip-secret"), 401, id="no-expiry"),
        pytest.param(credentials("1002", "sip-secret"), 403, id="credentials-of-another"),
    ],
)
def test_other_credentials_do_not(proxy: Proxy, account: tuple[str, str], status: int) -> None:
    assert proxy.webphone().register(account=account).status == status
    assert proxy.presence() == ""


def test_nobody_registers_for_another(proxy: Proxy) -> None:
    phone = proxy.webphone("1002")
    assert phone.register(extension=EXTENSION, account=credentials("1002", "sip-secret")).status == 403


def test_repeated_wrong_passwords_close_the_extension_for_that_address_only(proxy: Proxy) -> None:
    wrong = (f"{int(time.time()) + 600}:{EXTENSION}", "wrong")
    attacker = proxy.webphone(client_address="203.0.113.9")
    for _ in range(10):
        assert attacker.register(account=wrong).status == 401
    assert attacker.register().status == 403
    assert proxy.webphone(client_address="203.0.113.9").register().status == 403
    assert proxy.webphone("1002", client_address="203.0.113.9").register().status == 200
    assert proxy.webphone(client_address="198.51.100.1").register().status == 200


def test_a_flooding_connection_is_closed(proxy: Proxy) -> None:
    phone = proxy.webphone()
    for _ in range(200):
        try:
            phone.send(phone.request("OPTIONS", "sip:omnileads", to="sip:omnileads"))
        except OSError:
            break
    with pytest.raises((ConnectionError, OSError)):
        while True:
            phone.receive(3)
    assert "connection.closed reason=flood client=198.51.100.7" in proxy.kamailio.logs()
    assert proxy.webphone().register().status == 200


def test_presence_is_published_for_coming_and_going(proxy: Proxy) -> None:
    port = proxy.redis.environment["REDIS_PORT"]
    listener = subprocess.Popen(
        [
            *("podman", "exec", proxy.redis.name, "env", "REDISCLI_AUTH=redis-secret"),
            *("redis-cli", "-p", port, "SUBSCRIBE", "oml:webphone"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert listener.stdout
    try:
        assert "subscribe" in listener.stdout.readline()
        listener.stdout.readline(), listener.stdout.readline()
        phone = proxy.webphone()
        phone.register()
        assert [listener.stdout.readline().strip() for _ in range(3)][2] == f"{EXTENSION}:1"
        phone.register(expires=0)
        assert [listener.stdout.readline().strip() for _ in range(3)][2] == f"{EXTENSION}:0"
        phone.register()
        assert [listener.stdout.readline().strip() for _ in range(3)][2] == f"{EXTENSION}:1"
        phone.close()
        closed = time.monotonic()
        assert [listener.stdout.readline().strip() for _ in range(3)][2] == f"{EXTENSION}:0"
        assert time.monotonic() - closed < 4
        assert proxy.presence() == ""
    finally:
        listener.kill()


def test_the_newest_window_of_an_agent_wins(proxy: Proxy) -> None:
    first, second = proxy.webphone(), proxy.webphone()
    first.register()
    second.register()
    asterisk = proxy.asterisk()
    asterisk.send(asterisk.invite(EXTENSION, "newest"))
    assert second.expect(method="INVITE").method == "INVITE"
    first.close()
    time.sleep(3)
    assert proxy.presence().startswith(f"sip:{second.contact_user}@"), (
        "closing the old window must not log the new one out"
    )


def test_a_call_from_asterisk_reaches_the_webphone_and_ends(proxy: Proxy) -> None:
    phone, asterisk = proxy.webphone(), proxy.asterisk()
    phone.register()
    asterisk.send(asterisk.invite(EXTENSION, "to-agent", headers="OMLCALLID: 42\r\n"))
    invite = phone.expect(method="INVITE")
    assert invite["OMLCALLID"] == "42"
    for needed in ("UDP/TLS/RTP/SAVPF", "a=fingerprint:sha-256", "a=ice-ufrag", "opus/48000", "a=rtcp-mux"):
        assert needed in invite.body
    phone.send(invite.response("200 OK", tag="browser", contact=phone.contact, body=webrtc_sdp("active")))
    answer = asterisk.expect(status=200)
    assert "RTP/AVP" in answer.body
    assert "fingerprint" not in answer.body
    assert "c=IN IP4 127.0.0.1" in answer.body
    asterisk.send(asterisk.within("ACK", answer, 1))
    phone.expect(method="ACK")
    asterisk.send(asterisk.within("BYE", answer, 2))
    bye = phone.expect(method="BYE")
    phone.send(bye.response("200 OK", tag="browser"))
    assert asterisk.expect(status=200)["cseq"] == "2 BYE"


def test_a_call_survives_a_new_connection_of_the_webphone(proxy: Proxy) -> None:
    phone, asterisk = proxy.webphone(), proxy.asterisk()
    phone.register()
    asterisk.send(asterisk.invite(EXTENSION, "moves"))
    invite = phone.expect(method="INVITE")
    phone.send(invite.response("200 OK", tag="browser", contact=phone.contact, body=webrtc_sdp("active")))
    answer = asterisk.expect(status=200)
    asterisk.send(asterisk.within("ACK", answer, 1))
    phone.expect(method="ACK")
    phone.close()
    again = proxy.webphone()
    again.register()
    asterisk.send(asterisk.within("BYE", answer, 2))
    assert again.expect(method="BYE")["call-id"] == "moves"


def media_sessions(proxy: Proxy) -> str:
    """rtpengine's own count of the calls it holds."""
    port = proxy.rtpengine.environment["RTPENGINE_HTTP_PORT"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines: list[str] = answer.read().decode().splitlines()
    return next(line.split()[1] for line in lines if line.startswith('rtpengine_sessions{type="own"}'))


def test_cancel_and_refusal_free_the_media_ports(proxy: Proxy) -> None:
    phone, asterisk = proxy.webphone(), proxy.asterisk()
    phone.register()
    text = asterisk.invite(EXTENSION, "cancelled")
    asterisk.send(text)
    invite = phone.expect(method="INVITE")
    phone.send(invite.response("180 Ringing", tag="browser", contact=phone.contact))
    asterisk.expect(status=180)
    assert media_sessions(proxy) == "1"
    head = text.split("\r\nContact")[0].replace("INVITE", "CANCEL", 1)
    asterisk.send(f"{head}\r\nCall-ID: cancelled\r\nCSeq: 1 CANCEL\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
    cancel = phone.expect(method="CANCEL")
    phone.send(cancel.response("200 OK", tag="browser"))
    phone.send(invite.response("487 Request Terminated", tag="browser"))
    assert asterisk.expect(status=487)
    eventually(lambda: media_sessions(proxy) == "0")
    asterisk.send(asterisk.invite(EXTENSION, "refused"))
    invite = phone.expect(method="INVITE")
    assert media_sessions(proxy) == "1"
    phone.send(invite.response("486 Busy Here", tag="browser"))
    assert asterisk.expect(status=486)
    eventually(lambda: media_sessions(proxy) == "0")


def test_an_unknown_extension_is_refused_at_once(proxy: Proxy) -> None:
    asterisk = proxy.asterisk()
    asterisk.send(asterisk.invite("2999", "nobody"))
    assert asterisk.expect(status=480, timeout_seconds=1)


def test_a_call_for_which_there_is_no_sound_is_refused_and_the_next_one_rings(proxy: Proxy) -> None:
    phone, peer = proxy.webphone(), proxy.asterisk()
    assert phone.register().status == 200
    proxy.rtpengine.kill_main_process()
    peer.send(peer.invite(EXTENSION, "without-sound"))
    assert peer.expect(status=480)["call-id"] == "without-sound"
    proxy.rtpengine.start_again()
    proxy.rtpengine.wait_until_healthy()

    def rings() -> bool:
        call_id = f"with-sound-{free_port()}"
        peer.send(peer.invite(EXTENSION, call_id))
        try:
            return phone.expect(method="INVITE")["call-id"] == call_id
        except AssertionError:
            return False

    eventually(rings, within_seconds=60, evidence=proxy.evidence)


def test_a_webphone_calls_asterisk_in_its_own_name_only(proxy: Proxy) -> None:
    phone, asterisk = proxy.webphone(), proxy.asterisk()
    phone.register()
    trying = phone.authenticated("INVITE", "sip:echo@omnileads", to="sip:echo@omnileads", body=webrtc_sdp())
    assert trying.status == 100
    invite = asterisk.expect(method="INVITE")
    assert invite.start.startswith("INVITE sip:echo@127.0.0.1")
    assert "Proxy-Authorization".lower() not in dict(invite.headers)
    assert "RTP/AVP" in invite.body
    refused = phone.authenticated(
        "INVITE", "sip:echo@omnileads", to="sip:echo@omnileads", sender="1002", body=webrtc_sdp()
    )
    assert refused.status == 403


def test_a_connection_that_never_registered_calls_nobody(proxy: Proxy) -> None:
    phone = proxy.webphone()
    refused = phone.authenticated("INVITE", "sip:echo@omnileads", to="sip:echo@omnileads", body=webrtc_sdp())
    assert refused.status == 403


def test_a_stranger_on_udp_gets_no_answer(proxy: Proxy) -> None:
    proxy.webphone().register()
    stranger = AsteriskSocket(free_port(settings.UDP), int(proxy.kamailio.environment["KAMAILIO_SIP_PORT"]))
    stranger.send(stranger.invite(EXTENSION, "stranger"))
    with pytest.raises(TimeoutError):
        stranger.receive(1)


def test_a_restart_keeps_the_location_until_the_webphone_is_back(proxy: Proxy) -> None:
    phone = proxy.webphone()
    phone.register(expires=600)
    eventually(proxy.presence, evidence=proxy.evidence)
    proxy.kamailio.kill_main_process()
    eventually(lambda: "presence.current" in proxy.kamailio.logs(), within_seconds=20, evidence=proxy.evidence)
    proxy.kamailio.wait_until_healthy()
    assert proxy.presence()
    eventually(lambda: 0 < int(ask(proxy.redis, "TTL", f"oml:webphone:{EXTENSION}")) <= 30, evidence=proxy.evidence)
    asterisk = proxy.asterisk()
    asterisk.send(asterisk.invite(EXTENSION, "too-early"))
    assert asterisk.expect(status=480, timeout_seconds=1)
    again = proxy.webphone()
    again.register(expires=600)
    eventually(lambda: int(ask(proxy.redis, "TTL", f"oml:webphone:{EXTENSION}")) > 30, evidence=proxy.evidence)
    asterisk.send(asterisk.invite(EXTENSION, "back"))
    assert again.expect(method="INVITE")


def test_a_webphone_that_does_not_come_back_after_a_restart_is_reported_gone(proxy: Proxy) -> None:
    proxy.webphone().register(expires=600)
    eventually(proxy.presence, evidence=proxy.evidence)
    proxy.kamailio.kill_main_process()
    eventually(lambda: proxy.presence() == "", within_seconds=45, evidence=proxy.evidence)


def test_redis_hanging_delays_no_call_and_is_made_good_later(proxy: Proxy) -> None:
    gone = proxy.webphone("1002")
    gone.register()
    eventually(lambda: proxy.presence("1002"), evidence=proxy.evidence)
    hanging = proxy.redis.program_id()
    os.kill(hanging, signal.SIGSTOP)
    try:
        phone, asterisk = proxy.webphone(), proxy.asterisk()
        started = time.monotonic()
        assert phone.register().status == 200
        asterisk.send(asterisk.invite(EXTENSION, "without-redis"))
        phone.expect(method="INVITE", timeout_seconds=1)
        assert time.monotonic() - started < 1
        gone.close()
        time.sleep(4)
    finally:
        os.kill(hanging, signal.SIGCONT)
    eventually(proxy.presence, within_seconds=15, evidence=proxy.evidence)
    eventually(lambda: proxy.presence("1002") == "", within_seconds=15, evidence=proxy.evidence)
