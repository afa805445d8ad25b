"""Asterisk: who may call, what the dialplan does with and without the acd, recordings, webphone legs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import settings
from ari import Ari
from containers import Container, eventually, free_port, image, podman
from sip import AsteriskSocket, Webphone, plain_sdp, webrtc_sdp

from conftest import Start

SYNCED = "/var/lib/omnileads/asterisk"
RECORDINGS = "/var/spool/omnileads/recordings"
TRUNK = """[carrier]
type=wizard
transport=trunk-transport
accepts_registrations=no
accepts_auth=no
sends_registrations=no
sends_auth=no
endpoint/allow=alaw,ulaw
endpoint/context=from-pstn
remote_hosts=127.0.0.1:{port}
"""


class Carrier(AsteriskSocket):
    """A telephone company's switch: calls Asterisk's trunk port from an address of its own."""

    def call(self, number: str, call_id: str) -> None:
        self.send(self.invite(number, call_id).replace("From: <sip:omnileads@", "From: <sip:5550100@"))


def cli(asterisk: Container, command: str) -> str:
    return asterisk.execute("asterisk", "-rx", command)


def put_file(folder: str, name: str, text: str) -> None:
    """Writes a file into a volume."""
    podman(
        *("run", "--rm", "--interactive", "--volume", f"{folder}:/data", "--entrypoint", "tee", image("asterisk")),
        f"/data/{name}",
        stdin=text,
    )


def with_trunk(start: Start, volume: Callable[[], str]) -> tuple[Container, Carrier]:
    """Asterisk with one trunk in the synced folder, and the carrier at its other end."""
    variables = settings.asterisk() | {"KAMAILIO_HOST": "127.0.0.3"}
    port = free_port(settings.UDP)
    folder = volume()
    put_file(folder, "pjsip_trunks.conf", TRUNK.format(port=port))
    asterisk = start("asterisk", variables, volumes={SYNCED: folder})
    return asterisk, Carrier(port, int(variables["ASTERISK_SIP_TRUNK_PORT"]))


def test_it_offers_what_the_acd_and_the_manual_expect(start: Start) -> None:
    asterisk = start("asterisk", settings.asterisk())
    assert Ari(asterisk).ask("GET", "/asterisk/info")["system"]["version"].startswith("22.")
    for context in ("from-pstn", "from-pbx", "sub-oml-dst-switch", "oml-agent-leg"):
        assert f"[ Context '{context}'" in cli(asterisk, f"dialplan show {context}")
    transports = cli(asterisk, "pjsip show transports")
    for name in ("trunk-transport", "trunk-nat-transport", "trunk-container-transport", "agents"):
        assert name in transports
    assert "allow                              : (opus|alaw|ulaw)" in cli(asterisk, "pjsip show endpoint agents")
    assert cli(asterisk, "moh show files").count("File: ") >= 3
    assert "ERROR" not in asterisk.logs()


def test_ari_users_take_turns_and_connections_stay(start: Start, tmp_path: Path) -> None:
    def is_let_in(user: str, password: str) -> bool:
        try:
            Ari(asterisk, user, password).ask("GET", "/asterisk/ping")
        except AssertionError:
            return False
        return True

    def are_let_in() -> list[bool]:
        return [is_let_in("omnileads", "first"), is_let_in("omnileads_second", "second")]

    (tmp_path / "user").write_text("omnileads")
    (tmp_path / "password").write_text("first")
    tmp_path.chmod(0o755)
    variables = {name: value for name, value in settings.asterisk().items() if "ARI_USER" not in name}
    del variables["ASTERISK_ARI_PASSWORD"]
    files = {"ASTERISK_ARI_FILES": "/etc/omnileads/ari"}
    asterisk = start("asterisk", variables | files, volumes={"/etc/omnileads/ari": str(tmp_path)})
    assert are_let_in() == [True, False]
    events = Ari(asterisk, "omnileads", "first").listen()
    (tmp_path / "password_next").write_text("second")
    eventually(lambda: are_let_in() == [True, True], within_seconds=30, evidence=asterisk.logs)
    (tmp_path / "user").write_text("omnileads_second")
    (tmp_path / "password").write_text("second")
    (tmp_path / "password_previous").write_text("first")
    (tmp_path / "password_next").unlink()
    asterisk.wait_until_healthy()
    assert are_let_in() == [True, True]

    def asked_over_the_connection() -> int:
        events.send(json.dumps({"type": "RESTRequest", "request_id": "1", "method": "GET", "uri": "asterisk/ping"}))
        return int(Ari.expect(events, "RESTResponse")["status_code"])

    # The connection that was opened before all this is as good as it was, and stays when its user has gone.
    assert asked_over_the_connection() == 200
    (tmp_path / "password_previous").unlink()
    eventually(lambda: are_let_in() == [False, True], within_seconds=30, evidence=asterisk.logs)
    asterisk.wait_until_healthy()
    assert asked_over_the_connection() == 401


def test_calls_of_agents_come_from_any_kamailio(start: Start, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 kamailios.test\n127.0.0.3 kamailios.test\n")
    variables = settings.asterisk() | {"KAMAILIO_HOST": "kamailios.test"}
    asterisk = start("asterisk", variables, volumes={"/etc/hosts": str(hosts)})

    def matches() -> set[str]:
        return set(re.findall(r"Match: ([0-9.]+)", cli(asterisk, "pjsip show identifies")))

    assert matches() == {"127.0.0.1", "127.0.0.3"}
    hosts.write_text("127.0.0.3 kamailios.test\n127.0.0.4 kamailios.test\n")
    eventually(lambda: matches() == {"127.0.0.3", "127.0.0.4"}, within_seconds=30, evidence=asterisk.logs)


def test_its_prompts_are_english_and_spanish(start: Start) -> None:
    asterisk = start("asterisk", settings.asterisk())
    languages = {form["language"] for form in Ari(asterisk).ask("GET", "/sounds/hello-world")["formats"]}
    assert {"en", "es"} <= languages


def test_a_stranger_cannot_call(start: Start) -> None:
    asterisk = start("asterisk", settings.asterisk() | {"KAMAILIO_HOST": "127.0.0.3"})
    stranger = Carrier(free_port(settings.UDP), int(asterisk.environment["ASTERISK_SIP_TRUNK_PORT"]))
    stranger.call("5551234", "stranger")
    assert stranger.expect(status=401)
    assert Ari(asterisk).ask("GET", "/channels") == []


def test_a_caller_waits_for_the_acd_and_is_offered_when_it_comes(start: Start, volume: Callable[[], str]) -> None:
    asterisk, carrier = with_trunk(start, volume)
    carrier.call("+5491155551234", "waits")
    assert carrier.expect(status=180)
    answer = carrier.expect(status=200, timeout_seconds=12)
    carrier.send(carrier.within("ACK", answer, 1))
    ari = Ari(asterisk)
    events = ari.listen()
    offered = ari.expect(events, "StasisStart")
    assert offered["args"] == ["inbound", "+5491155551234", ""]
    assert offered["channel"]["caller"]["number"] == "5550100"
    assert "JCCO" not in asterisk.logs()
    ari.ask("DELETE", f"/channels/{offered['channel']['id']}")
    assert carrier.expect(method="BYE")


def test_a_call_that_the_acd_hangs_up_is_not_offered_again(start: Start, volume: Callable[[], str]) -> None:
    asterisk, carrier = with_trunk(start, volume)
    ari = Ari(asterisk)
    events = ari.listen()
    carrier.call("5551234", "done")
    offered = ari.expect(events, "StasisStart")
    ari.ask("POST", f"/channels/{offered['channel']['id']}/continue")
    assert carrier.receive_final().status in range(400, 700)
    assert ari.ask("GET", "/channels") == []


def test_what_drains_takes_no_new_call_and_ends_after_its_last_one(start: Start, volume: Callable[[], str]) -> None:
    asterisk, carrier = with_trunk(start, volume)
    ari = Ari(asterisk)
    events = ari.listen()
    carrier.call("5551234", "first")
    first = ari.expect(events, "StasisStart")["channel"]["id"]
    with ThreadPoolExecutor(1) as apart:
        draining = apart.submit(asterisk.execute, "drain.sh", "240")
        eventually(lambda: "OML_DRAINING=yes" in cli(asterisk, "dialplan show globals"))
        carrier.call("5551234", "second")
        assert carrier.expect(status=503)
        assert [channel["id"] for channel in ari.ask("GET", "/channels")] == [first]
        assert not draining.done()
        ari.ask("DELETE", f"/channels/{first}")
        # The end of the container may be the end of what runs in it.
        draining.exception(timeout=120)
    eventually(lambda: podman("inspect", "--format", "{{.State.Status}}", asterisk.name).stdout.strip() == "exited")


def test_the_called_number_cannot_smuggle_dialplan_code(start: Start, volume: Callable[[], str]) -> None:
    asterisk, carrier = with_trunk(start, volume)
    ari = Ari(asterisk)
    events = ari.listen()
    carrier.call("1%24%7BSHELL(id)%7D%2Cx", "smuggler")
    assert ari.expect(events, "StasisStart")["args"] == ["inbound", "1SHELLidx", ""]


def test_an_integrators_dialplan_hands_its_caller_to_the_acd(start: Start, volume: Callable[[], str]) -> None:
    folder = volume()
    own = """[shop]
exten => 41004100,1,Answer()
 same => n,Set(Omlcrmcustomerid=77)
 same => n,Set(OMLCUSTOMDIALPLANVARS=Omlcrmcustomerid)
 same => n,Gosub(sub-oml-dst-switch,s,1(1,5))
"""
    put_file(folder, "oml_extensions_custom.conf", own)
    asterisk = start("asterisk", settings.asterisk(), volumes={SYNCED: folder})
    ari = Ari(asterisk)
    events = ari.listen()
    asterisk.execute("asterisk", "-rx", "channel originate Local/41004100@shop application Wait 5")
    offered = ari.expect(events, "StasisStart")
    assert offered["args"] == ["destination", "1", "5"]
    variable = ari.ask("GET", f"/channels/{offered['channel']['id']}/variable", variable="Omlcrmcustomerid")
    assert variable == {"value": "77"}


def test_an_agents_leg_is_recorded_for_the_worker_to_read_and_delete(start: Start, volume: Callable[[], str]) -> None:
    recordings = volume()
    variables = settings.asterisk()
    asterisk = start("asterisk", variables, volumes={RECORDINGS: recordings})
    proxy = AsteriskSocket(free_port(settings.UDP), int(variables["ASTERISK_SIP_AGENT_PORT"]))
    ari = Ari(asterisk)
    events = ari.listen()
    file = f"{RECORDINGS}/2026-11-22/in-1.wav"
    ari.ask(
        "POST",
        "/channels",
        endpoint=f"PJSIP/agents/sip:1001@127.0.0.1:{proxy.port}",
        context="oml-agent-leg",
        extension="s",
        priority="1",
        body={
            "variables": {
                "OML_RECORD_FILE": file,
                "OML_CALL_ID": "call-1",
                "OML_LEG_ID": "leg-1",
                "PJSIP_HEADER(add,OMLCALLID)": "call-1",
            }
        },
    )
    invite = proxy.expect(method="INVITE")
    assert invite["OMLCALLID"] == "call-1"
    assert next(line for line in invite.body.splitlines() if "rtpmap" in line).endswith("opus/48000/2")
    assert f"c=IN IP4 {variables.get('ASTERISK_LISTEN', '127.0.0.1')}" in invite.body
    contact = f"<sip:1001@127.0.0.1:{proxy.port}>"
    proxy.send(invite.response("200 OK", tag="browser", contact=contact, body=plain_sdp(free_port(settings.UDP))))
    started = ari.expect(events, "StasisStart")
    assert started["args"] == ["agent", "call-1", "leg-1"]
    time.sleep(1)
    ari.ask("DELETE", f"/channels/{started['channel']['id']}")
    proxy.expect(method="BYE")
    listing = eventually(lambda: asterisk.execute("stat", "-c", "%a %u:%g", f"{RECORDINGS}/2026-11-22", file))
    assert listing.split("\n")[:2] == ["770 1501:1500", "660 1501:1500"]
    as_worker = ("run", "--rm", "--user", "1500:1500", "--volume", f"{recordings}:{RECORDINGS}", "--entrypoint")
    assert int(podman(*as_worker, "wc", image("app"), "-c", file).stdout.split()[0]) >= 44
    podman(*as_worker, "rm", image("app"), file)


def test_a_call_reaches_a_webphone_through_kamailio_and_rtpengine(start: Start) -> None:
    redis = start("redis", settings.redis())
    rtpengine = start("rtpengine", settings.rtpengine())
    shared = {
        "RTPENGINE_NG_PORT": rtpengine.environment["RTPENGINE_NG_PORT"],
        "REDIS_PORT": redis.environment["REDIS_PORT"],
    }
    asterisk = start("asterisk", settings.asterisk())
    shared["ASTERISK_SIP_AGENT_PORT"] = asterisk.environment["ASTERISK_SIP_AGENT_PORT"]
    kamailio = start("kamailio", settings.kamailio() | shared)
    phone = Webphone(int(kamailio.environment["KAMAILIO_WS_PORT"]), "1001", "sip-secret")
    phone.register()
    ari = Ari(asterisk)
    events = ari.listen()
    ari.ask(
        "POST",
        "/channels",
        endpoint=f"PJSIP/agents/sip:1001@127.0.0.1:{kamailio.environment['KAMAILIO_SIP_PORT']}",
        context="oml-agent-leg",
        extension="s",
        priority="1",
        body={"variables": {"OML_CALL_ID": "call-2", "OML_LEG_ID": "leg-2", "PJSIP_HEADER(add,IDCamp)": "7"}},
    )
    invite = phone.expect(method="INVITE")
    assert invite["IDCamp"] == "7"
    offered = [line for line in invite.body.splitlines() if "rtpmap" in line]
    assert "opus/48000/2" in offered[0]
    phone.send(invite.response("200 OK", tag="browser", contact=phone.contact, body=webrtc_sdp("active")))
    started = ari.expect(events, "StasisStart")
    assert started["args"] == ["agent", "call-2", "leg-2"]
    phone.expect(method="ACK")
    ari.ask("DELETE", f"/channels/{started['channel']['id']}")
    assert phone.expect(method="BYE")


def test_an_unreachable_webphone_is_known_at_once(start: Start) -> None:
    asterisk = start("asterisk", settings.asterisk())
    kamailio = start(
        "kamailio",
        settings.kamailio() | {"ASTERISK_SIP_AGENT_PORT": asterisk.environment["ASTERISK_SIP_AGENT_PORT"]},
    )
    ari = Ari(asterisk)
    events = ari.listen()
    ari.ask(
        "POST",
        "/channels",
        endpoint=f"PJSIP/agents/sip:1001@127.0.0.1:{kamailio.environment['KAMAILIO_SIP_PORT']}",
        app="omnileads",
    )
    destroyed = ari.expect(events, "ChannelDestroyed", timeout_seconds=2)
    assert destroyed["cause"] == 19


@pytest.mark.parametrize("slug", ["en", "es"])
def test_the_sound_folders_are_there(start: Start, slug: str) -> None:
    asterisk = start("asterisk", settings.asterisk())
    assert int(asterisk.execute("sh", "-c", f"ls /usr/share/asterisk/sounds/{slug}/ | wc -l")) > 250
