"""A company's PBX: a second Asterisk in a container, with the trunk and the dial rules that docs/pbx.md gives it.

Its telephones are the tests: an `Exchange` for the calls to them, SIPp for the calls they make.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType

from support.instance import REPOSITORY, Instance, Process, podman
from support.waiting import eventually

PBX_ADDRESS, TELEPHONES_ADDRESS, SIP_PORT = "127.0.0.10", "127.0.0.11", 5060
FIRST_RTP_PORT, LAST_RTP_PORT = 23900, 23999

CONFIGURATION = Path(__file__).parent / "pbx"
"""The PBX without us: its telephones and what it needs to run."""

DOCUMENTED = REPOSITORY / "docs" / "pbx"
"""What its administrator adds. Of these files only the addresses are changed here."""

DOCUMENTED_OMNILEADS = "192.168.95.220:5161"
PLACEHOLDERS = {
    "IPADDR-or-FQDN:PORT": f"{PBX_ADDRESS}:{SIP_PORT}",
    "SIP_USER PBX -> OML": "pbx",
    "SIP_PASS PBX -> OML": "pbx-to-omnileads-password",
    "SIP_USER OML -> PBX": "omnileads",
    "SIP_PASS OML -> PBX": "omnileads-to-pbx-password",
}
"""What docs/pbx.md writes into the trunk's template."""


def wizard_text(template: str, *, qualify_seconds: int) -> str:
    """OMniLeads' trunk to the PBX: the template filled in. It is asked for signs of life more often than it says."""
    text = re.sub(r"\*{4}(.+?)\*{4}", lambda match: PLACEHOLDERS[match[1]], template)
    return text.replace("aor/qualify_frequency=60", f"aor/qualify_frequency={qualify_seconds}")


class Pbx:
    """Runs inside `with`, and may be stopped and started meanwhile. Nothing of it stays."""

    def __init__(self, instance: Instance, folder: Path) -> None:
        self._instance = instance
        self._process = Process(instance, "pbx")
        self._folder = folder

    def __enter__(self) -> Pbx:
        self._configure()
        self._remove()  # of a session that was killed
        try:
            self._run()
            self.wait_until_up()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def command(self, text: str) -> str:
        """What the PBX's command line says."""
        return self._process.execute("asterisk", "-rx", text)

    @property
    def sees_omnileads(self) -> bool:
        """OMniLeads answers on the PBX's trunk."""
        contacts = self.command("pjsip show contacts")
        return re.search(r"^\s*Contact:\s+omnileads/.* Avail ", contacts, re.MULTILINE) is not None

    def wait_until_up(self) -> None:
        """Until OMniLeads has answered it; it would ask by itself within a minute."""

        def has_an_answer() -> bool:
            self.command("pjsip qualify omnileads")
            return self.sees_omnileads

        eventually(has_an_answer, within_seconds=20, every_seconds=0.3, evidence=self.evidence)

    def stop(self) -> None:
        self._process.stop()

    def start(self) -> None:
        self._process.start()

    def evidence(self) -> str:
        return self._process.logs(lines=60)

    def _configure(self) -> None:
        """The tests' own files and the documented ones, with the addresses of here."""
        omnileads = f"{self._instance.setting('asterisk_trunk_listen')}:{self._instance.port('asterisk_trunk')}"
        values = {
            DOCUMENTED_OMNILEADS: omnileads,
            DOCUMENTED_OMNILEADS.partition(":")[0]: omnileads.partition(":")[0],
            "{pbx_address}": PBX_ADDRESS,
            "{telephones_address}": TELEPHONES_ADDRESS,
            "{sip_port}": str(SIP_PORT),
            "{rtp_first}": str(FIRST_RTP_PORT),
            "{rtp_last}": str(LAST_RTP_PORT),
        }
        for file in (*CONFIGURATION.glob("*.conf"), *DOCUMENTED.glob("*.conf")):
            text = file.read_text()
            for written, value in values.items():
                text = text.replace(written, value)
            (self._folder / file.name).write_text(text)

    def _run(self) -> None:
        prefix, version = self._instance.setting("oml_image_prefix"), (REPOSITORY / "VERSION").read_text().strip()
        files = (f"--volume={file}:/etc/asterisk/{file.name}:ro" for file in sorted(self._folder.iterdir()))
        podman(
            *("run", "--detach", "--name", self._process.container, "--network", "host", "--no-healthcheck"),
            *(*files, "--entrypoint", "asterisk", f"{prefix}/asterisk:{version}", "-f", "-n"),
        )

    def _remove(self) -> None:
        podman("rm", "--force", "--ignore", "--volumes", "--time", "2", self._process.container)
