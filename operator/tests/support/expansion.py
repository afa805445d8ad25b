"""What Kubernetes makes of a container's command and arguments before it runs them.

By its rule: `$$` is `$`, `$(NAME)` is the value of a variable of the container where there is one, anything else stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence


def expanded(words: Sequence[str], variables: Mapping[str, str]) -> list[str]:
    def value(found: re.Match[str]) -> str:
        return "$" if found[0] == "$$" else variables.get(found[1], found[0])

    return [re.sub(r"\$\$|\$\(([^)]*)\)", value, word) for word in words]
