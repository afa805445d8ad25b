"""Sound through two rtpengines, with a real browser: a tone each way, in calls before and after one of them dies."""

from __future__ import annotations

import functools
import http.server
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import settings
from containers import REPOSITORY, Container, eventually
from sip import AsteriskSocket, Message, credentials

from conftest import Start

sys.path.insert(0, str(REPOSITORY / "tests"))
playwright = pytest.importorskip("playwright.sync_api")
from support.rtp import Sound  # noqa: E402
from support.tones import sine, write_wav  # noqa: E402

CHROMIUM = Path("/usr/bin/chromium")
ROLLDOWN = REPOSITORY / "app/web/node_modules/.bin/rolldown"
MEDIA = ("127.0.0.1", "127.0.0.2")
AGENT_HZ, CALLER_HZ = 440.0, 700.0
PLAIN = "v=0\r\no=- 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\n"
PLAIN += "a=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n"

# The webphone's own way, of app/web/src/webphone/sip-line.ts: a path that is down is asked for anew.
PAGE = """<!doctype html><audio autoplay></audio><script src="phone.js"></script><script>
async function start(port, user, password) {
  const ua = new JsSIP.UA({sockets: new JsSIP.WebSocketInterface(`ws://127.0.0.1:${port}`), uri: 'sip:1001@omnileads',
    authorization_user: user, password, realm: 'omnileads', session_timers: false, register_expires: 120})
  const media = await navigator.mediaDevices.getUserMedia({audio:
    {echoCancellation: false, noiseSuppression: false, autoGainControl: false}})
  ua.on('registered', () => { window.isRegistered = true })
  ua.on('newRTCSession', ({session}) => {
    session.on('icecandidate', ({ready}) => setTimeout(ready, 500))
    session.on('peerconnection', ({peerconnection}) => {
      window.connection = peerconnection
      peerconnection.addEventListener('track', ({streams}) => {
        document.querySelector('audio').srcObject = streams[0]
        const context = new AudioContext()
        const analyser = context.createAnalyser()
        analyser.fftSize = 8192
        analyser.smoothingTimeConstant = 0
        context.createMediaStreamSource(streams[0]).connect(analyser)
        window.listener = {context, analyser}
      })
      peerconnection.addEventListener('iceconnectionstatechange', () => {
        if (['disconnected', 'failed'].includes(peerconnection.iceConnectionState))
          session.renegotiate({rtcOfferConstraints: {iceRestart: true}})
      })
    })
    session.answer({mediaStream: media.clone(), pcConfig: {iceServers: []}})
  })
  ua.start()
}
function loudest() {
  if (!window.listener) return [0, -200]
  const {context, analyser} = window.listener
  const levels = new Float32Array(analyser.frequencyBinCount)
  analyser.getFloatFrequencyData(levels)
  let best = 0
  for (let index = 1; index < levels.length; index++) if (levels[index] > levels[best]) best = index
  return [best * context.sampleRate / analyser.fftSize, levels[best]]
}
</script>"""


@pytest.fixture
def page(tmp_path: Path) -> Iterator[playwright.Page]:
    """A webphone of the console's own SIP stack, with a microphone that hears one tone."""
    if not (CHROMIUM.exists() and ROLLDOWN.exists()):
        pytest.skip("needs chromium and the console's tools: bin/bootstrap --dev --test")
    entry = REPOSITORY / "app/web" / f".phone-{tmp_path.name}.js"
    entry.write_text("import { UA, WebSocketInterface } from 'jssip'\nwindow.JsSIP = { UA, WebSocketInterface }\n")
    try:
        command = [str(ROLLDOWN), str(entry), "--format", "iife", "-o", str(tmp_path / "phone.js")]
        subprocess.run(command, check=True, capture_output=True, cwd=entry.parent)
    finally:
        entry.unlink()
    (tmp_path / "index.html").write_text(PAGE)
    microphone = write_wav(tmp_path / "tone.wav", sine(AGENT_HZ, 1.0, rate=48000), rate=48000)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(CHROMIUM),
            args=[
                *("--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
                *(f"--use-file-for-fake-audio-capture={microphone}", "--autoplay-policy=no-user-gesture-required"),
                "--allow-loopback-in-peer-connection",
            ],
        )
        opened = browser.new_page()
        opened.goto(f"http://localhost:{server.server_address[1]}/index.html")
        yield opened
        browser.close()
    server.shutdown()
    server.server_close()


@dataclass
class Caller:
    """Asterisk's side of one call."""

    peer: AsteriskSocket
    sound: Sound

    def sdp(self, version: int) -> str:
        return PLAIN.format(port=self.sound.port, version=version)

    def call(self, call_id: str) -> Message:
        self.peer.send(self.peer.invite("1001", call_id, body=self.sdp(1)))
        answer = self.peer.expect(status=200, timeout_seconds=20)
        self.peer.send(self.peer.within("ACK", answer, 1))
        self.speak_to(answer)
        return answer

    def speak_to(self, message: Message) -> str:
        """Sends sound where the message says; returns that rtpengine's address."""
        address = re.search(r"^c=IN IP4 (\S+)", message.body, re.MULTILINE)
        port = re.search(r"^m=audio (\d+)", message.body, re.MULTILINE)
        assert address, message.body
        assert port, message.body
        self.sound.send_to(address[1], int(port[1]))
        return address[1]


def wait_until_both_hear(page: playwright.Page, caller: Caller, kamailio: Container) -> None:
    def both_hear() -> bool:
        frequency, level = page.evaluate("loudest()")
        return abs(frequency - CALLER_HZ) < 12 and level > -60 and caller.sound.hears(AGENT_HZ)

    def evidence() -> str:
        seen = page.evaluate("[loudest(), connection?.iceConnectionState, connection?.connectionState]")
        return f"{seen} {caller.sound.packets_received}\n{kamailio.logs()[-3000:]}"

    eventually(both_hear, within_seconds=40, evidence=evidence)


@pytest.fixture
def parts(start: Start, page: playwright.Page) -> Iterator[tuple[Container, dict[str, Container], Caller]]:
    """Kamailio, the rtpengines by address, and an Asterisk; the webphone is registered."""
    redis = start("redis", settings.redis())
    media = settings.rtpengine()
    rtpengines = {}
    for address in MEDIA:
        own = {"RTPENGINE_INTERFACE": address, "RTPENGINE_INTERNAL_INTERFACE": address, "RTPENGINE_HOST": address}
        rtpengines[address] = start("rtpengine", media | own)
    environment = settings.kamailio() | {
        "REDIS_PORT": redis.environment["REDIS_PORT"],
        "RTPENGINE_NG_PORT": media["RTPENGINE_NG_PORT"],
        "RTPENGINE_HOST": ",".join(MEDIA),
    }
    kamailio = start("kamailio", environment)
    account = credentials("1001", environment["SIP_EPHEMERAL_SECRET"])
    page.evaluate("parts => start(...parts)", [environment["KAMAILIO_WS_PORT"], *account])
    eventually(lambda: page.evaluate("window.isRegistered"), within_seconds=20, evidence=kamailio.logs)
    peer = AsteriskSocket(int(environment["ASTERISK_SIP_AGENT_PORT"]), int(environment["KAMAILIO_SIP_PORT"]))
    with Sound("127.0.0.1", CALLER_HZ) as sound:
        yield kamailio, rtpengines, Caller(peer, sound)
    peer.close()


def test_a_call_after_an_rtpengine_died_has_sound_both_ways(
    page: playwright.Page, parts: tuple[Container, dict[str, Container], Caller]
) -> None:
    kamailio, rtpengines, caller = parts
    answer = caller.call("before")
    wait_until_both_hear(page, caller, kamailio)
    caller.peer.send(caller.peer.within("BYE", answer, 2))
    assert caller.peer.expect(status=200)
    rtpengines[caller.speak_to(answer)].kill_main_process()
    answer = caller.call("after")
    wait_until_both_hear(page, caller, kamailio)


def test_a_call_whose_rtpengine_died_gets_its_sound_back(
    page: playwright.Page, parts: tuple[Container, dict[str, Container], Caller]
) -> None:
    kamailio, rtpengines, caller = parts
    answer = caller.call("talks")
    wait_until_both_hear(page, caller, kamailio)
    lost = caller.speak_to(answer)
    rtpengines[lost].kill_main_process()
    seen: list[Message] = []

    def is_asked() -> bool:
        try:
            seen.append(caller.peer.expect(method="INVITE", timeout_seconds=1))
        except AssertionError:
            return False
        return True

    killed = time.monotonic()
    eventually(is_asked, within_seconds=60, evidence=kamailio.logs)
    print(f"asked for a new path after {time.monotonic() - killed:.1f} s")  # noqa: T201 (measured, shown by -rP)
    contact = f"<sip:asterisk@127.0.0.1:{caller.peer.port}>"
    caller.peer.send(seen[0].response("200 OK", tag="asterisk", contact=contact, body=caller.sdp(2)))
    assert caller.speak_to(seen[0]) != lost
    wait_until_both_hear(page, caller, kamailio)
