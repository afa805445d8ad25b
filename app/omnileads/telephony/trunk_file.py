"""`pjsip_trunks.conf`: the trunks as Asterisk reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.telephony.models import SipTrunk
from omnileads.telephony.wizard import Setting, check

log = structlog.get_logger(__name__)

_PORT = re.compile(r":[0-9]+$")
_HEAD = "; Made from the trunks in the console. Changes made here are overwritten.\n"


@dataclass(frozen=True, slots=True)
class TrunkText:
    """A trunk as it is rendered."""

    id: int
    name: str
    wizard_text: str


def render_trunks(trunks: Iterable[TrunkText], *, registers: bool = True) -> str:
    """`pjsip_trunks.conf`: a wizard section for each trunk, made of its checked settings only, comments left out.

    A text that no longer passes the check (written before a stricter version) is left out rather than trusted. Only one
    of several Asterisks `registers` at the providers; calls out are the same for all.
    """
    sections = [_HEAD]
    for trunk in sorted(trunks, key=lambda trunk: trunk.id):
        reading = check(trunk.wizard_text)
        if reading.problems:
            log.error("trunk.left-out", trunk_id=trunk.id, problems=len(reading.problems))
            continue
        sections.append(_section(trunk, reading.settings, registers=registers))
    return "\n".join(sections)


def _section(trunk: TrunkText, settings: Iterable[Setting], *, registers: bool) -> str:
    written = [(setting.key, setting.value) for setting in settings]
    if not registers:
        written = [(key, "no" if key == "sends_registrations" else value) for key, value in written]
    keys = {key for key, _ in written}
    # Audio between the two sides would leave the recording and the agent's hold music out.
    ours = [] if "endpoint/direct_media" in keys else [("endpoint/direct_media", "no")]
    ours.append(("endpoint/set_var", f"OML_TRUNK_ID={trunk.id}"))
    ours += [("identify/match", host) for host in _callers(written)]
    lines = [f"{key}={value}" for key, value in [*written, *ours]]
    return "\n".join([f"[{trunk.name}]", *lines, ""])


def _callers(written: Iterable[tuple[str, str]]) -> list[str]:
    """The hosts whose calls are this trunk's: those of `remote_hosts` without their ports.

    Left to itself the wizard matches the port too, but a provider is called on one port and calls from another.
    """
    settings = dict(written)
    if "identify/match" in settings or settings.get("accepts_registrations", "no").lower() in ("yes", "true"):
        return []
    remote = (value for key, value in written if key == "remote_hosts")
    hosts = (host.strip() for value in remote for host in value.split(","))
    return list(dict.fromkeys(_PORT.sub("", host).strip("[]") for host in hosts))


def trunks_file(session: Session, *, registers: bool = True) -> str:
    """`pjsip_trunks.conf` as it should be now."""
    rows = session.execute(select(SipTrunk.id, SipTrunk.name, SipTrunk.wizard_text))
    return render_trunks((TrunkText(*row) for row in rows), registers=registers)
