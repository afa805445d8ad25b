"""Which keys a file may have had already, in memory that does not grow with the file.

A bit for each hash of a key. "No" is certain; "perhaps" is looked up in the database by who asked. At a million keys
one in 270 new ones is a false "perhaps".
"""

from __future__ import annotations

from typing import Final

_BITS: Final = 28


class Seen:
    """32 MiB."""

    def __init__(self) -> None:
        self._bytes = bytearray(1 << (_BITS - 3))

    def add(self, key: str) -> bool:
        """Whether the key may have been added before."""
        place = hash(key) & ((1 << _BITS) - 1)
        index, bit = place >> 3, 1 << (place & 7)
        present = self._bytes[index]
        if present & bit:
            return True
        self._bytes[index] = present | bit
        return False
