"""People in front of the console: headless Chromium, driven the way they work, through what they see.

An agent's browser is a process of its own, because its microphone is a file given to the process: a tone that nobody
else has. Everything is read from the page: texts, test ids, and the webphone's data attributes.
"""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright
from playwright.sync_api import Error as BrowserError

from support.centre import Agent, Person
from support.site import Site
from support.tones import sine, write_wav
from support.waiting import eventually

CHROMIUM = "/usr/bin/chromium"
MICROPHONE_RATE = 48_000
PAGE_LIMIT_MS = 60_000

_PREFERENCES = {
    "oml.language": "en",
    # The tone must arrive as it is: a voice's clean-up would take it for noise.
    "oml.webphone.audio": '{"echoCancellation":false,"noiseSuppression":false,"autoGainControl":false}',
}
_BEFORE_THE_PAGE = """
for (const [key, value] of Object.entries(%s)) if (localStorage.getItem(key) === null) localStorage.setItem(key, value)
const Native = RTCPeerConnection
window.peerConnections = []
window.RTCPeerConnection = class extends Native {
  constructor(...parts) { super(...parts); window.peerConnections.push(this) }
}
"""
_LISTEN = """
async () => {
  const stream = document.querySelector('#webphone audio')?.srcObject
  if (!stream) return null
  if (window.listener?.stream !== stream) {
    const context = new AudioContext()
    await context.resume()
    const analyser = context.createAnalyser()
    analyser.fftSize = 8192
    analyser.smoothingTimeConstant = 0
    context.createMediaStreamSource(stream).connect(analyser)
    window.listener = { stream, context, analyser }
  }
  const { context, analyser } = window.listener
  const levels = new Float32Array(analyser.frequencyBinCount)
  analyser.getFloatFrequencyData(levels)
  let loudest = 0
  for (let index = 1; index < levels.length; index++) if (levels[index] > levels[loudest]) loudest = index
  return [loudest * context.sampleRate / analyser.fftSize, levels[loudest]]
}
"""
_MEDIA_FACTS = """
async () => {
  const connection = window.peerConnections.at(-1)
  const reports = [...(await connection.getStats()).values()]
  const transport = reports.find((report) => report.type === 'transport')
  const codecs = reports.filter((report) => report.type === 'codec').map((report) => report.mimeType)
  return { codecs, dtls: transport.dtlsState, srtp: transport.srtpCipher }
}
"""


class Console:
    """One browser with the console open."""

    def __init__(self, playwright: Playwright, site: Site, folder: Path, *, microphone: Path | None = None) -> None:
        self.site = site
        self._mark = str(microphone or folder / f"browser-{id(self):x}")
        arguments = [
            "--no-sandbox",
            "--autoplay-policy=no-user-gesture-required",
            "--allow-loopback-in-peer-connection",
            f"--ignore-certificate-errors-spki-list={_key_hash(site.certificate)}",
            f"--oml-test-mark={self._mark}",
        ]
        if microphone is not None:
            arguments += [
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
            ]
        self._folder = folder
        self.browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        self.context: BrowserContext = self.browser.new_context(
            base_url=site.url, locale="en-US", timezone_id="UTC", viewport={"width": 1400, "height": 950}
        )
        self.context.add_init_script(_BEFORE_THE_PAGE % _PREFERENCES)
        self.context.set_default_timeout(PAGE_LIMIT_MS)
        self.said: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))

    def __enter__(self) -> Console:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with suppress(BrowserError):  # it was killed
            self.browser.close()

    def sign_in(self, person: Person) -> None:
        """Type name and password into the sign-in page."""
        self.page.goto("/")
        self.try_to_sign_in(person.username, person.password)
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def try_to_sign_in(self, username: str, password: str) -> None:
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def by_id(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    def kill(self) -> None:
        """`kill -9` of the whole browser, as a crash or a power cut would."""
        pids = [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and self._mark.encode() in _command_line(entry)
        ]
        assert pids, "the browser does not run"
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def evidence(self) -> str:
        """What the page shows and what its console said."""
        try:
            picture = self._folder / f"page-{id(self):x}.png"
            self.page.screenshot(path=picture)
            shown = self.page.locator("body").inner_text()[-1500:]
        except BrowserError as error:
            return f"the page cannot be asked: {error}"
        return f"at {self.page.url}, picture {picture}, text:\n{shown}\nconsole:\n" + "\n".join(self.said[-15:])


class AgentDesk(Console):
    """An agent at work."""

    def __init__(
        self, playwright: Playwright, agent: Agent, site: Site, folder: Path, *, tone_hz: float = 440.0
    ) -> None:
        microphone = folder / f"microphone-{agent.extension}-{tone_hz:g}.wav"
        write_wav(microphone, sine(tone_hz, 1.0, rate=MICROPHONE_RATE), rate=MICROPHONE_RATE)
        super().__init__(playwright, site, folder, microphone=microphone)
        self.agent = agent
        self.tone_hz = tone_hz

    def begin_work(self) -> None:
        """Sign in, wait for the webphone, press start, be ready (or already be called)."""
        self.sign_in(self.agent)
        self.by_id("agent-bar").wait_for()
        self.wait_for_phone(webphoneLine="registered")
        self.by_id("agent-start-card").click()
        self.wait_for_status("READY", "RINGING", "ONCALL")

    @property
    def status(self) -> str:
        """The state the agent's bar shows."""
        return self.by_id("agent-bar").get_attribute("data-agent-status") or ""

    @property
    def phone(self) -> dict[str, str]:
        """The webphone's data attributes, e.g. `webphoneCall`, `rtpPacketsReceived`."""
        found: dict[str, str] = self.page.evaluate("() => ({...document.querySelector('#webphone').dataset})")
        return found

    def wait_for_status(self, *statuses: str, within_seconds: float = 15.0) -> None:
        eventually(lambda: self.status in statuses, within_seconds=within_seconds, evidence=self.evidence)

    def wait_for_phone(self, *, within_seconds: float = 15.0, **attributes: str) -> None:
        eventually(
            lambda: attributes.items() <= self.phone.items(),
            within_seconds=within_seconds,
            evidence=lambda: f"{self.phone}\n{self.evidence()}",
        )

    def wait_until_ringing(self, *, within_seconds: float = 15.0) -> None:
        self.wait_for_phone(webphoneCall="ringing", within_seconds=within_seconds)

    def answer(self) -> None:
        """Wait for the call to ring, take it, and talk."""
        self.wait_until_ringing()
        self.by_id("answer").click()
        self.wait_until_talking()

    def wait_until_talking(self, *, within_seconds: float = 10.0) -> None:
        self.wait_for_phone(webphoneCall="talking", within_seconds=within_seconds)
        self.wait_for_status("ONCALL")

    def wait_until_hears(self, tone_hz: float, *, within_seconds: float = 10.0) -> None:
        """Wait until a tone is the loudest sound that arrives from the other side."""
        heard: list[object] = []

        def hears() -> bool:
            loudest: list[float] | None = self.page.evaluate(_LISTEN)
            heard.append(loudest)
            return loudest is not None and abs(loudest[0] - tone_hz) < 12 and loudest[1] > -60

        eventually(hears, within_seconds=within_seconds, evidence=lambda: f"{heard[-5:]} {self.phone}")

    def media_facts(self) -> dict[str, Any]:
        """Codecs, DTLS state and SRTP cipher of the call, as the browser's statistics say."""
        facts: dict[str, Any] = self.page.evaluate(_MEDIA_FACTS)
        return facts

    def hang_up(self) -> None:
        self.by_id("hang-up").click()

    def disposition(self, option_id: int, comment: str) -> None:
        """Choose how the call went, write a comment, save."""
        self.by_id(f"disposition-option-{option_id}").click()
        self.by_id("disposition-comment").fill(comment)
        self.by_id("disposition-save").click()

    def resume(self) -> None:
        """Be ready again after a pause or wrap-up."""
        self.by_id("agent-resume").click()
        self.wait_for_status("READY")


Desks = Callable[..., AgentDesk]
"""The fixture `desk`: desk(agent, tone_hz=440)."""

Consoles = Callable[[Person], Console]
"""The fixture `console`."""


def _key_hash(certificate: Path) -> str:
    """What Chromium knows a certificate by: base64 of the SHA-256 of its public key."""
    pem = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    public = subprocess.run(
        ["openssl", "x509", "-inform", "der", "-noout", "-pubkey"], input=pem, capture_output=True, check=True
    ).stdout
    key = base64.b64decode(b"".join(line for line in public.splitlines() if not line.startswith(b"-----")))
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def opened_desks(playwright: Playwright, site: Site, folder: Path) -> Iterator[Desks]:
    """What opens an agent's browser and begins to work in it; all are closed at the end."""
    with ExitStack() as desks:

        def begin(agent: Agent, *, tone_hz: float = 440.0) -> AgentDesk:
            opened = AgentDesk(playwright, agent, site, folder, tone_hz=tone_hz)
            desks.enter_context(opened)
            opened.begin_work()
            return opened

        yield begin


@contextmanager
def opened_consoles(playwright: Playwright, site: Site, folder: Path) -> Iterator[Consoles]:
    """What opens a browser in which a person is signed in; all are closed at the end."""
    with ExitStack() as consoles:

        def sign_in(person: Person) -> Console:
            opened = Console(playwright, site, folder)
            consoles.enter_context(opened)
            opened.sign_in(person)
            return opened

        yield sign_in
