"""How calls reach the demonstration's campaigns: hours, a menu, a voicemail box, and an example of a way out.

Called by `demo`. The trunk leads to an address that is kept for documentation (RFC 5737), so nothing is ever called.
"""

from __future__ import annotations

import array
import io
import math
import wave
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from omnileads.kit.changes import ConfigurationChanges
from omnileads.telephony.audio import AudioFiles
from omnileads.telephony.inbound_routes import InboundRoutes
from omnileads.telephony.ivrs import Ivrs
from omnileads.telephony.outbound_routes import OutboundRoutes
from omnileads.telephony.schemas import Destination
from omnileads.telephony.schemas.custom_destinations import VoicemailBoxCreate
from omnileads.telephony.schemas.inbound_routes import RouteCreate
from omnileads.telephony.schemas.ivrs import IvrCreate, IvrOptionIn
from omnileads.telephony.schemas.outbound_routes import OutboundPatternIn, OutboundRouteCreate
from omnileads.telephony.schemas.time_groups import TimeConditionCreate, TimeGroupCreate, TimeRange
from omnileads.telephony.schemas.trunks import TrunkCreate
from omnileads.telephony.time_conditions import TimeConditions
from omnileads.telephony.time_groups import TimeGroups
from omnileads.telephony.trunks import Trunks
from omnileads.telephony.voicemail_boxes import VoicemailBoxes

SUPPORT_DID: Final = "5550100"
MAIN_DID: Final = "5550101"
_RATE_HZ: Final = 8000
_EXAMPLE_TRUNK: Final = """\
; An example: 192.0.2.1 is an address for documentation, nobody answers there. Put your provider's in its place.
; Un ejemplo: 192.0.2.1 es una dirección para documentación, allí no contesta nadie. Ponga la de su proveedor.
type=wizard
transport=trunk-transport
accepts_registrations=no
accepts_auth=no
sends_registrations=no
sends_auth=no
endpoint/allow=alaw,ulaw
endpoint/dtmf_mode=rfc4733
endpoint/context=from-pstn
remote_hosts=192.0.2.1:5060
"""


@dataclass(frozen=True, slots=True)
class DemoCampaigns:
    """Their ids."""

    support: int
    sales: int


def create_demo_telephony(session: Session, changes: ConfigurationChanges, campaigns: DemoCampaigns) -> None:
    """Raises AppError when something is in its way."""
    support, sales = _campaign(campaigns.support), _campaign(campaigns.sales)
    routes = InboundRoutes(session, changes, scope=None)
    routes.create(RouteCreate(name="Demo support", did=SUPPORT_DID, language="en", destination=support))
    menu = _menu(session, changes, support, sales)
    box = VoicemailBoxes(session, changes, scope=None).create(VoicemailBoxCreate(name="Demo after hours"))
    hours = TimeGroups(session, changes, scope=None).create(
        TimeGroupCreate(
            name="Demo opening hours",
            ranges=[
                TimeRange(time_from="08:00", time_to="19:59", weekday_from=1, weekday_to=5),
                TimeRange(time_from="09:00", time_to="12:59", weekday_from=6, weekday_to=6),
            ],
        )
    )
    open_or_not = TimeConditions(session, changes, scope=None).create(
        TimeConditionCreate(
            name="Demo open or closed",
            time_group_id=hours.id,
            match=menu,
            otherwise=Destination(type="voicemail", id=box.id),
        )
    )
    to_hours = Destination(type="time-condition", id=open_or_not.id)
    routes.create(RouteCreate(name="Demo main number", did=MAIN_DID, language="en", destination=to_hours))
    _way_out(session, changes)


def _campaign(campaign_id: int) -> Destination:
    return Destination(type="inbound-campaign", id=campaign_id)


def _menu(session: Session, changes: ConfigurationChanges, support: Destination, sales: Destination) -> Destination:
    audio = AudioFiles(session, changes).add("Demo menu (three tones, in place of a voice)", _tones())
    menu = Ivrs(session, changes, scope=None).create(
        IvrCreate(
            name="Demo menu",
            description="1: support, 2: sales",
            audio_id=audio.id,
            timeout=support,
            invalid=support,
            options=[IvrOptionIn(digit="1", destination=support), IvrOptionIn(digit="2", destination=sales)],
        )
    )
    return Destination(type="ivr", id=menu.id)


def _way_out(session: Session, changes: ConfigurationChanges) -> None:
    trunk = Trunks(session, changes).create(
        TrunkCreate(name="Example_provider", max_channels=30, caller_id=SUPPORT_DID, wizard_text=_EXAMPLE_TRUNK)
    )
    OutboundRoutes(session, changes, scope=None).create(
        OutboundRouteCreate(
            name="Demo outside calls",
            patterns=[OutboundPatternIn(prefix="0", match="XXXXXX."), OutboundPatternIn(match="+X.")],
            trunk_ids=[trunk.id],
        )
    )


def _tones() -> bytes:
    """Three rising tones of a third of a second each, as a WAV file."""
    samples = array.array("h")
    for frequency_hz in (523, 659, 784):
        length = _RATE_HZ // 3
        for index in range(length):
            loudness = 6000 * math.sin(math.pi * index / length)
            samples.append(round(loudness * math.sin(2 * math.pi * frequency_hz * index / _RATE_HZ)))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()
