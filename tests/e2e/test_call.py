"""The path everything hangs on: a caller, a queue, an agent in a browser, and what is known of it afterwards."""

from __future__ import annotations

from support.browser import Consoles, Desks
from support.call import make_a_call_and_archive_it
from support.carrier import Carrier
from support.centre import Centre
from support.history import History


def test_a_call_from_the_carrier_to_the_archive(
    centre: Centre, carrier: Carrier, desk: Desks, console: Consoles, history: History
) -> None:
    make_a_call_and_archive_it(centre, carrier, desk, console, history)
