"""A centre with one of everything that a call can meet before and between campaigns."""

from dataclasses import replace

from omnileads.acd.core.config import (
    HANG_UP,
    CustomDestination,
    Destination,
    DestinationType,
    Identification,
    Ivr,
    Route,
    RoutingConfig,
    TimeCondition,
    VoicemailBox,
)
from omnileads.acd.core.dialplan import Trunk
from omnileads.acd.core.hours import TimeRange
from tests.acd.scenario import SALES, SUPPORT, Scenario, config, queue, to_campaign

T = DestinationType
MENU, SUBMENU = Destination(T.IVR, 1), Destination(T.IVR, 2)
ASK = Destination(T.CUSTOMER_IDENTIFICATION, 1)
CONDITION = Destination(T.TIME_CONDITION, 1)
CUSTOM = Destination(T.CUSTOM_DESTINATION, 1)
BOX = Destination(T.VOICEMAIL, 1)

IVR = Ivr(
    id=1,
    name="main",
    media="sound:menu",
    options={"1": to_campaign(SALES), "2": SUBMENU, "9": MENU},
    timeout=to_campaign(SUPPORT),
    invalid=HANG_UP,
    timeout_seconds=5,
    timeout_retries=1,
    timeout_media="sound:still-there",
    invalid_retries=1,
    invalid_media="sound:wrong",
)
SECOND = Ivr(
    id=2, name="second", media="sound:second", options={"1": to_campaign(SUPPORT)}, timeout=HANG_UP, invalid=HANG_UP
)
IDENTIFICATION = Identification(
    id=1,
    name="who",
    media="sound:who",
    identified=to_campaign(SALES),
    unidentified=to_campaign(SUPPORT),
    length=4,
    attempts=2,
)
OFFICE_HOURS = TimeRange(minutes=(9 * 60, 17 * 60 + 59), weekdays=(1, 5))


def centre(destination: Destination, **parts: object) -> Scenario:
    """Everything there is, and one number that leads to `destination`."""
    base = config(queue(SALES, agents=1), queue(SUPPORT, members={2: 0}))
    routing: RoutingConfig = replace(
        base,
        routes={"1000": Route("1000", "front", destination), "1001": Route("1001", "other", to_campaign(SALES))},
        ivrs={1: IVR, 2: SECOND},
        identifications={1: IDENTIFICATION},
        time_conditions={
            1: TimeCondition(1, "office", (OFFICE_HOURS,), match=to_campaign(SALES), otherwise=MENU),
            2: TimeCondition(2, "a", (), match=HANG_UP, otherwise=Destination(T.TIME_CONDITION, 3)),
            3: TimeCondition(3, "b", (), match=HANG_UP, otherwise=Destination(T.TIME_CONDITION, 2)),
        },
        custom_destinations={1: CustomDestination(1, "own", "acme", "s", 1, failover=to_campaign(SUPPORT))},
        voicemail_boxes={1: VoicemailBox(1, "box", max_seconds=60)},
        trunks={1: Trunk(1, "carrier", max_channels=1)},
        **parts,  # type: ignore[arg-type]
    )
    return Scenario(routing)
