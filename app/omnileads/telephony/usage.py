"""What refers to what: the one place that knows every column which sends calls somewhere or plays something.

Whatever is to be deleted asks here first; a new reference gets its line here and is then known everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, literal, select, union_all
from sqlalchemy.orm import Session

from omnileads.agents.names import listed
from omnileads.campaigns.models import Campaign, CampaignQueue
from omnileads.kit.errors import Conflict
from omnileads.telephony.models import (
    CustomDestination,
    CustomerIdentification,
    DestinationType,
    InboundRoute,
    Ivr,
    IvrOption,
    MohPlaylist,
    MohPlaylistFile,
    OutboundRoute,
    OutboundRouteTrunk,
    TimeCondition,
    VoicemailBox,
)

NAMES: Final = {
    "inbound-route": "inbound route",
    "outbound-route": "outbound route",
    "inbound-campaign": "campaign",
    "time-condition": "time condition",
    "ivr": "IVR",
    "customer-identification": "customer identification",
    "custom-destination": "custom destination",
    "voicemail": "voicemail box",
    "moh-playlist": "music-on-hold playlist",
    "campaign": "campaign",
    "external-site": "external site",
    "form": "form",
}
"""What the kinds of users are called in a sentence."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Something that refers to something else. `type` is a key of `NAMES`."""

    type: str
    id: int
    name: str


class InUse(Conflict):
    """The message names the users."""

    code = "in-use"


@dataclass(frozen=True, slots=True)
class _User:
    """A kind of user: its rows, and what joins them to the rows that refer."""

    type: str
    row: Any
    through: Any = None
    on: ColumnElement[bool] | None = None
    condition: ColumnElement[bool] | None = None

    def where(self, refers: ColumnElement[bool]) -> Select[str, int, str]:
        statement = select(literal(self.type).label("type"), self.row.id.label("id"), self.row.name.label("name"))
        if self.through is not None:
            statement = statement.join(self.through, self.on)
        if self.condition is not None:
            statement = statement.where(self.condition)
        return statement.where(refers)


_INBOUND_ROUTE = _User("inbound-route", InboundRoute)
_TIME_CONDITION = _User("time-condition", TimeCondition)
_IVR = _User("ivr", Ivr)
_IVR_OPTION = _User("ivr", Ivr, IvrOption, IvrOption.ivr_id == Ivr.id)
_IDENTIFICATION = _User("customer-identification", CustomerIdentification)
_CUSTOM = _User("custom-destination", CustomDestination)
_VOICEMAIL = _User("voicemail", VoicemailBox)
_CAMPAIGN = _User(
    "inbound-campaign", Campaign, CampaignQueue, CampaignQueue.campaign_id == Campaign.id, Campaign.deleted_at.is_(None)
)
_PLAYLIST = _User("moh-playlist", MohPlaylist, MohPlaylistFile, MohPlaylistFile.playlist_id == MohPlaylist.id)
_OUTBOUND_ROUTE = _User(
    "outbound-route", OutboundRoute, OutboundRouteTrunk, OutboundRouteTrunk.route_id == OutboundRoute.id
)

_DESTINATIONS: Final[tuple[tuple[_User, Any, Any], ...]] = (
    (_INBOUND_ROUTE, InboundRoute.destination_type, InboundRoute.destination_id),
    (_TIME_CONDITION, TimeCondition.match_type, TimeCondition.match_id),
    (_TIME_CONDITION, TimeCondition.otherwise_type, TimeCondition.otherwise_id),
    (_IVR, Ivr.timeout_type, Ivr.timeout_id),
    (_IVR, Ivr.invalid_type, Ivr.invalid_id),
    (_IVR_OPTION, IvrOption.destination_type, IvrOption.destination_id),
    (_IDENTIFICATION, CustomerIdentification.identified_type, CustomerIdentification.identified_id),
    (_IDENTIFICATION, CustomerIdentification.unidentified_type, CustomerIdentification.unidentified_id),
    (_CUSTOM, CustomDestination.failover_type, CustomDestination.failover_id),
    (_CAMPAIGN, CampaignQueue.failover_type, CampaignQueue.failover_id),
)

_SOUNDS: Final[tuple[tuple[_User, Any], ...]] = (
    (_CAMPAIGN, CampaignQueue.welcome_audio_id),
    (_IVR, Ivr.audio_id),
    (_IVR, Ivr.timeout_audio_id),
    (_IVR, Ivr.invalid_audio_id),
    (_IDENTIFICATION, CustomerIdentification.audio_id),
    (_VOICEMAIL, VoicemailBox.greeting_audio_id),
    (_PLAYLIST, MohPlaylistFile.audio_file_id),
)


def users_of_destination(session: Session, kind: DestinationType, item_id: int) -> list[Usage]:
    """Whatever sends calls there, itself left out."""
    found = _read(session, [user.where((type_ == kind) & (id_ == item_id)) for user, type_, id_ in _DESTINATIONS])
    return [user for user in found if (user.type, user.id) != (kind, item_id)]


def users_of_audio(session: Session, audio_id: int) -> list[Usage]:
    """Whatever plays the file."""
    return _read(session, [user.where(column == audio_id) for user, column in _SOUNDS])


def users_of_playlist(session: Session, playlist_id: int) -> list[Usage]:
    return _read(session, [_CAMPAIGN.where(CampaignQueue.moh_playlist_id == playlist_id)])


def users_of_time_group(session: Session, group_id: int) -> list[Usage]:
    return _read(session, [_TIME_CONDITION.where(TimeCondition.time_group_id == group_id)])


def users_of_trunk(session: Session, trunk_id: int) -> list[Usage]:
    return _read(session, [_OUTBOUND_ROUTE.where(OutboundRouteTrunk.trunk_id == trunk_id)])


def refuse_while_used(users: Sequence[Usage], advice: str) -> None:
    """Raise InUse when there are users; `advice` is the sentence that says what to do about it."""
    if users:
        raise InUse(f"{sentence(users)} {advice}")


def sentence(users: Iterable[Usage]) -> str:
    """`Used by IVR "Menu", inbound route "Main", "Sales".`"""
    groups = groupby(users, key=lambda user: user.type)
    parts = [f"{NAMES[kind]} {listed([user.name for user in group])}" for kind, group in groups]
    return f"Used by {', '.join(parts)}."


def _read(session: Session, statements: Sequence[Select[str, int, str]]) -> list[Usage]:
    """The users without repetition, by type and name."""
    found = {Usage(row.type, row.id, row.name) for row in session.execute(union_all(*statements))}
    return sorted(found, key=lambda user: (user.type, user.name.lower(), user.id))
