"""How long after saving a change the contact centre works by it: Asterisk for trunks, the call engine for the flow."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from bench.errors import CannotMeasureError
from bench.report import REPOSITORY, Goal, Result
from bench.stack import wait_for
from support.carrier import wizard_text
from support.centre import Centre
from support.instance import Instance

INVENTORY = REPOSITORY / "tests" / "telephony" / "inventory"
PROCESSES = ("postgres", "redis", "app", "worker", "asterisk", "asterisk-sync", "acd", "nginx")
TAGS = "precheck,tls,postgres,redis,app,asterisk,acd,nginx"
TRUNKS, ROUTES, IVRS = 200, 500, 300
SAMPLES = 30
P95_GOAL_SECONDS = 1.0
HANG_UP: dict[str, object] = {"type": "hangup", "id": None}

METHOD = f"""\
An instance of its own with {TRUNKS} trunks, {ROUTES} inbound routes and {IVRS} IVRs, made through the API. Then one
trunk and one IVR are changed in turn, {SAMPLES} times each, over HTTPS. For the trunk the time runs from the moment the
request is sent until `pjsip show endpoint` in Asterisk has the new value (asked every 0.1 to 0.2 s, which is part of
the figure); for the IVR until the call engine reports the configuration's new revision."""


def run(*, quick: bool) -> Result:
    """`quick`: a tenth of everything."""
    share = 10 if quick else 1
    instance = Instance(INVENTORY, processes=PROCESSES)
    if instance.is_up():
        raise CannotMeasureError(f"the instance of {INVENTORY.parent.name}/{INVENTORY.name} exists; remove it first")
    instance.make("up", TAGS=TAGS)
    try:
        instance.wait_until_up()
        centre = Centre(instance)
        trunk, ivr = _fill(centre, share)
        samples = SAMPLES // share
        in_asterisk = [_measure_trunk(centre, trunk, number) for number in range(samples)]
        in_engine = [_measure_ivr(centre, ivr, number) for number in range(samples)]
        centre.close()
    finally:
        instance.make("destroy", CONFIRM="yes")
    return Result(
        benchmark="apply",
        method=METHOD,
        parameters={"trunks": TRUNKS // share, "routes": ROUTES // share, "ivrs": IVRS // share, "samples": samples},
        figures={"trunk_in_asterisk_seconds": _summary(in_asterisk), "ivr_in_engine_seconds": _summary(in_engine)},
        goals=[
            Goal("95th percentile, trunk until Asterisk uses it", _p95(in_asterisk), P95_GOAL_SECONDS, "s"),
            Goal("95th percentile, IVR until calls go by it", _p95(in_engine), P95_GOAL_SECONDS, "s"),
        ],
    )


def _fill(centre: Centre, share: int) -> tuple[Any, Any]:
    """Everything there is to be; returns the trunk and the IVR that will be changed."""
    audio = centre.audio(500)
    menu: dict[str, object] = {
        "audio_id": audio,
        "timeout": HANG_UP,
        "invalid": HANG_UP,
        "options": [{"digit": "1", "destination": HANG_UP}],
    }
    ivrs = [centre.api.post("/ivrs", name=f"menu {number}", **menu) for number in range(IVRS // share)]
    for number in range(ROUTES // share):
        centre.api.post("/inbound-routes", name=f"route {number}", did=f"900{number:05}", destination=HANG_UP)
    trunks = [
        centre.api.post("/sip-trunks", name=f"bench{number}", wizard_text=wizard_text(address=f"127.1.0.{number + 1}"))
        for number in range(TRUNKS // share)
    ]
    last = f"/sip-trunks/{trunks[-1]['id']}"
    wait_for(lambda: centre.api.get(last)["sync"]["state"] == "applied", 120, "trunks are pending")
    centre.settle()
    return trunks[-1], ivrs[-1]


def _measure_trunk(centre: Centre, trunk: Any, number: int) -> float:
    user = f"user{number}"
    text = f"{trunk['wizard_text']}\nendpoint/from_user={user}"

    def is_used() -> bool:
        shown = centre.instance.asterisk(f"pjsip show endpoint {trunk['name']}")
        return any(line.split()[-1:] == [user] for line in shown.splitlines() if "from_user" in line)

    return _seconds(lambda: centre.api.patch(f"/sip-trunks/{trunk['id']}", wizard_text=text), is_used)


def _measure_ivr(centre: Centre, ivr: Any, number: int) -> float:
    def revision() -> float:
        return centre.instance.metric("acd", "oml_acd_config_revision")

    before = revision()
    return _seconds(
        lambda: centre.api.patch(f"/ivrs/{ivr['id']}", timeout_seconds=1 + number % 60), lambda: revision() > before
    )


def _seconds(change: Callable[[], object], is_used: Callable[[], bool]) -> float:
    began = time.monotonic()
    change()
    while not is_used():
        if time.monotonic() - began > 30:
            raise CannotMeasureError("a change was not used within 30 s")
        time.sleep(0.01)
    return time.monotonic() - began


def _summary(seconds: list[float]) -> dict[str, float]:
    return {"median": round(median(seconds), 3), "p95": _p95(seconds), "largest": round(max(seconds), 3)}


def _p95(seconds: list[float]) -> float:
    return round(quantiles(seconds, n=20)[-1], 3)
