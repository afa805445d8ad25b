"""Puts files in place, makes Asterisk load them and checks that it did; puts the last good one back if not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from asterisk_sync.control import Reload
from asterisk_sync.kinds import KINDS, Console, Kind
from asterisk_sync.source import FileSet

MESSAGE_LIMIT_CHARACTERS = 1000


@dataclass(frozen=True)
class Outcome:
    """What became of a file. `message` is empty when it was applied, else says why it was not.

    `digest` is the SHA-256 of the text that was to be applied, in hexadecimal.
    """

    file: str
    digest: str
    is_applied: bool
    message: str = ""


class Applier:
    """Owns the folder of synced files. A run that dies half-way is repaired by the next, for it compares contents."""

    def __init__(self, folder: Path, console: Console, download: Callable[[str, Path], None]) -> None:
        self._folder = folder
        self._console = console
        self._download = download

    def apply(self, files: FileSet) -> list[Outcome]:
        """Applies every file of a set; one that fails keeps none of the others back, and only what changed is reloaded.

        Asterisk being away and failed downloads raise, so that it is tried again.
        """
        self._fetch_sounds(files.sounds)
        outcomes = [self._apply_text(name, text) for name, text in files.texts.items()]
        if all(outcome.is_applied for outcome in outcomes):
            self._remove_other_sounds(files.sounds)
        return outcomes

    def _apply_text(self, name: str, text: str) -> Outcome:
        digest = hashlib.sha256(text.encode()).hexdigest()
        kind = KINDS.get(name)
        if kind is None:
            return Outcome(name, digest, is_applied=False, message=f"This version of Asterisk's image has no {name}.")
        path = self._folder / name
        before = path.read_text() if path.exists() else ""
        if text == before and not kind.missing(text, before, self._console, None):
            return Outcome(name, digest, is_applied=True)
        message = self._replace(path, text, before, kind)
        return Outcome(name, digest, is_applied=not message, message=message)

    def _replace(self, path: Path, text: str, before: str, kind: Kind) -> str:
        """Why the text was not taken and the one before is in force again; empty when it was taken."""
        _write(path, text)
        reload = self._console.reload(kind.module, kind.verbosity)
        missing = kind.missing(text, before, self._console, reload)
        leftover = kind.leftover(text, before, self._console)
        if not missing and not leftover:
            return ""
        _write(path, before)
        self._console.reload(kind.module, kind.verbosity)
        return _explain(missing, leftover, reload)

    def _fetch_sounds(self, sounds: Mapping[str, str]) -> None:
        folder = self._folder / "sounds"
        folder.mkdir(exist_ok=True)
        for name, address in sounds.items():
            if not (folder / name).exists():
                partial = folder / f".{name}"
                self._download(address, partial)
                partial.replace(folder / name)

    def _remove_other_sounds(self, sounds: Mapping[str, str]) -> None:
        """Only when every file is in force: one that was put back may still play a sound that is no longer there."""
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
