"""Makes the roles' modules importable by name in their tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path += [str(library) for library in Path(__file__).parent.glob("*/library")]
