"""Puts a file set in place, makes Asterisk load it and checks that it did; puts the last good one back if not."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from asterisk_sync.control import Reload
from asterisk_sync.source import FileSet

MESSAGE_LIMIT_CHARACTERS = 1000
_WIZARD_SECTION = re.compile(r"^\s*\[(?P<name>[^\]]+)\](?P<options>\([^)]*\))?", re.MULTILINE)


class Console(Protocol):
    """What is needed of Asterisk; `control.Control` is one."""

    def command(self, text: str) -> str: ...
    def reload(self, module: str) -> Reload: ...


@dataclass(frozen=True)
class Outcome:
    """What became of a file set. `message` is empty when it was applied, else says why it was not."""

    is_applied: bool
    message: str = ""


@dataclass(frozen=True)
class _Kind:
    """How one of the files is loaded, and how its content is found again in Asterisk."""

    module: str
    names: Callable[[str], frozenset[str]]
    show: str
    absent: str


def trunk_names(text: str) -> frozenset[str]:
    """The sections of a wizard file that become endpoints: all but the templates `[name](!)`."""
    return frozenset(match["name"] for match in _WIZARD_SECTION.finditer(text) if "!" not in (match["options"] or ""))


_KINDS: Mapping[str, _Kind] = {
    "pjsip_trunks.conf": _Kind("res_pjsip.so", trunk_names, "pjsip show endpoint {name}", "Unable to find object"),
}


class Applier:
    """Owns the folder of synced files. A run that dies half-way is repaired by the next, for it compares contents."""

    def __init__(self, folder: Path, console: Console, download: Callable[[str, Path], None]) -> None:
        self._folder = folder
        self._console = console
        self._download = download

    def apply(self, files: FileSet) -> Outcome:
        """Applies all of a file set. Asterisk being away and failed downloads raise, so that it is tried again."""
        unknown = sorted(set(files.texts) - set(_KINDS))
        if unknown:
            names = ", ".join(unknown)
            return Outcome(is_applied=False, message=f"this version of Asterisk's image does not know {names}")
        self._fetch_sounds(files.sounds)
        for name, text in files.texts.items():
            outcome = self._apply_text(self._folder / name, text, _KINDS[name])
            if not outcome.is_applied:
                return outcome
        self._remove_other_sounds(files.sounds)
        return Outcome(is_applied=True)

    def _apply_text(self, path: Path, text: str, kind: _Kind) -> Outcome:
        before = path.read_text() if path.exists() else ""
        if text == before and not self._missing(text, kind):
            return Outcome(is_applied=True)
        _write(path, text)
        reload = self._console.reload(kind.module)
        missing = self._missing(text, kind)
        leftover = self._present(kind.names(before) - kind.names(text), kind)
        if not missing and not leftover:
            return Outcome(is_applied=True)
        _write(path, before)
        self._console.reload(kind.module)
        return Outcome(is_applied=False, message=_explain(missing, leftover, reload))

    def _missing(self, text: str, kind: _Kind) -> list[str]:
        names = kind.names(text)
        return sorted(names - frozenset(self._present(names, kind)))

    def _present(self, names: frozenset[str], kind: _Kind) -> list[str]:
        return [name for name in sorted(names) if kind.absent not in self._console.command(kind.show.format(name=name))]

    def _fetch_sounds(self, sounds: Mapping[str, str]) -> None:
        folder = self._folder / "sounds"
        folder.mkdir(exist_ok=True)
        for name, address in sounds.items():
            if not (folder / name).exists():
                partial = folder / f".{name}"
                self._download(address, partial)
                partial.replace(folder / name)

    def _remove_other_sounds(self, sounds: Mapping[str, str]) -> None:
        for path in (self._folder / "sounds").iterdir():
            if path.name not in sounds:
                path.unlink()


def _write(path: Path, text: str) -> None:
    """Replaces a file in one step: Asterisk sees the old content or the new one, also after a power cut."""
    partial = path.with_name(f".{path.name}")
    with partial.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _explain(missing: list[str], leftover: list[str], reload: Reload) -> str:
    parts = []
    if missing:
        parts.append(f"Asterisk did not accept {', '.join(missing)}.")
    if leftover:
        parts.append(f"Asterisk kept {', '.join(leftover)}, which is no longer configured.")
    return " ".join([*parts, *reload.complaints])[:MESSAGE_LIMIT_CHARACTERS]
