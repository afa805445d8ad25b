"""Where the sound of a recording is: the recordings folder, and the bucket where there is one.

With a bucket a file is first on the disk of its Asterisk, which this process may or may not see, then in the bucket.
What is in the folder is taken from there, so recordings from before there was a bucket stay audible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from omnileads.kit.bucket import PIECE, Bucket
from omnileads.settings import KeepsRecordings


@dataclass(frozen=True)
class LocalSound:
    """A file of the folder; `file` is its name as the call log has it."""

    file: str
    path: Path
    moved: StoredSound | None = None
    """Where it is when the uploader takes it before it is read."""

    def pieces(self) -> Iterator[bytes]:
        """Raises OSError, BucketError."""
        try:
            source = self.path.open("rb")
        except FileNotFoundError:
            if self.moved is None:
                raise
            yield from self.moved.pieces()
            return
        with source:
            while piece := source.read(PIECE):
                yield piece


@dataclass(frozen=True)
class StoredSound:
    """An object of the bucket, or what is believed to be there."""

    file: str
    key: str
    bucket: Bucket

    def pieces(self) -> Iterator[bytes]:
        """Raises BucketError."""
        return self.bucket.read(self.key)

    def signed_path(self) -> str:
        return self.bucket.signed_path(self.key)


Sound = LocalSound | StoredSound


class RecordingFiles:
    def __init__(self, directory: Path, bucket: Bucket | None = None, prefix: str = "") -> None:
        self.directory = directory
        self.bucket = bucket
        self._prefix = prefix

    @classmethod
    def of(cls, settings: KeepsRecordings) -> RecordingFiles:
        recordings = settings.recordings
        if recordings.store == "volume":
            return cls(recordings.directory)
        return cls(recordings.directory, Bucket(settings.bucket), settings.bucket.prefix)

    def key(self, file: str) -> str:
        """The name of the object of a file."""
        return f"{self._prefix}/{file}" if self._prefix else file

    def find(self, file: str) -> Sound | None:
        """The sound; None for a name that leads elsewhere, and for a file that is in no place it could be in."""
        if not is_plain(file):
            return None
        stored = StoredSound(file, self.key(file), self.bucket) if self.bucket else None
        path = (self.directory / file).resolve()
        if path.is_relative_to(self.directory.resolve()) and path.is_file():
            return LocalSound(file, path, stored)
        return stored

    def size(self, file: str) -> int | None:
        """Of the sound in bytes; None where there is none. Raises BucketError."""
        sound = self.find(file)
        if isinstance(sound, LocalSound):
            try:
                return sound.path.stat().st_size
            except FileNotFoundError:
                sound = sound.moved
        found = sound.bucket.find(sound.key) if sound else None
        return found.size if found else None


def is_plain(file: str) -> bool:
    """Whether a name stays below the folder it is looked for in."""
    path = PurePosixPath(file)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in file
