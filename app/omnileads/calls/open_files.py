"""Whether somebody still writes a file: asked of the kernel, which knows of every process of every container.

A read lease is given only while nobody has the file open for writing. It needs the file's owner (the uploader runs as
the user of Asterisk) and a file system on a disk; elsewhere the kernel does not say.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
from pathlib import Path


def ignore_lease_breaks() -> None:
    """A writer that comes in the moment of the look makes the kernel send SIGIO, which ends a process that does not
    expect it. Only from the main thread."""
    signal.signal(signal.SIGIO, signal.SIG_IGN)


def is_open_for_writing(path: Path) -> bool | None:
    """None: the kernel does not say. Raises OSError for a file that cannot be opened."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    finally:
        os.close(descriptor)
    return False
