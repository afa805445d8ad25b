"""The call engine is away: callers are held, and served when it is back."""

from __future__ import annotations

from collections.abc import Callable

from support.carrier import Carrier
from support.centre import Centre
from support.history import History
from support.instance import Instance
from support.workplace import Workplace

AtWork = Callable[..., Workplace]


def test_a_caller_who_arrives_meanwhile_is_served_afterwards(
    instance: Instance, centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent)
    engine = instance.process("acd")
    engine.stop()
    try:
        caller = carrier.call(campaign.did)
        caller.wait_until_rings()
        # After a while of ringing tone, music: the caller's patience is worth an answered call.
        caller.wait_until_answered(within_seconds=15)
        caller.wait_until_hears_anything()
    finally:
        engine.start()
    worker.take_call(within_seconds=20)
    caller.wait_until_hears(worker.phone.tone_hz)
    caller.hang_up()
    history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM")


def test_a_conversation_goes_on_and_is_counted(
    instance: Instance, centre: Centre, carrier: Carrier, at_work: AtWork, history: History
) -> None:
    worker = at_work(centre.agent())
    campaign = centre.campaign(worker.agent)
    caller = carrier.call(campaign.did)
    worker.take_call()
    caller.wait_until_hears(worker.phone.tone_hz)
    engine = instance.process("acd")
    engine.stop()
    try:
        caller.hang_up()
    finally:
        engine.start()
    history.wait_for(caller.number, "ENTERQUEUE", "CONNECT", "COMPLETEOUTNUM", within_seconds=20)
    worker.wait_for_status("ACW", "READY")
