"""Registers a webphone, with the SIP of the images' tests: PORT EXTENSION SECRET. Prints the answer's status."""

from __future__ import annotations

import sys


def main(port: int, extension: str, secret: str) -> None:
    from sip import Webphone  # noqa: PLC0415 - of images/tests, on its own path

    sys.stdout.write(f"{Webphone(port, extension, secret).register().status}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:4])
