"""Reads what calls meet beside campaigns: hours, IVRs, identifications, custom destinations, voicemail, routes out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from omnileads.acd.core.config import (
    CustomDestination,
    Destination,
    DestinationType,
    Identification,
    Ivr,
    RecordingName,
    TimeCondition,
    VoicemailBox,
)
from omnileads.acd.core.dialplan import DialPattern, OutboundRoute, Trunk
from omnileads.acd.core.hours import TimeRange
from omnileads.telephony import models
from omnileads.telephony.patterns import DialOptions
from omnileads.telephony.recording_names import recording_name_scheme
from omnileads.telephony.schemas.settings import RecordingNameSchemeIn

SOUNDS = "sound:/var/lib/omnileads/asterisk/sounds"
"""Where asterisk-sync puts the audio files, as an ARI media URI; the file is named after the audio file's id."""


class FlowConfiguration(TypedDict):
    """The part of `RoutingConfig` that this module reads."""

    time_conditions: dict[int, TimeCondition]
    ivrs: dict[int, Ivr]
    identifications: dict[int, Identification]
    custom_destinations: dict[int, CustomDestination]
    voicemail_boxes: dict[int, VoicemailBox]
    trunks: dict[int, Trunk]
    outbound_routes: tuple[OutboundRoute, ...]
    recording_name: RecordingName


def load_flow(session: Session) -> FlowConfiguration:
    """All of it; the tables are small, a few hundred rows in a large installation."""
    routes = session.scalars(
        select(models.OutboundRoute).order_by(models.OutboundRoute.position, models.OutboundRoute.id)
    )
    return FlowConfiguration(
        time_conditions={row.id: _time_condition(row) for row in session.scalars(select(models.TimeCondition))},
        ivrs={row.id: _ivr(row) for row in session.scalars(select(models.Ivr))},
        identifications={
            row.id: _identification(row) for row in session.scalars(select(models.CustomerIdentification))
        },
        custom_destinations={row.id: _custom(row) for row in session.scalars(select(models.CustomDestination))},
        voicemail_boxes={row.id: _voicemail_box(row) for row in session.scalars(select(models.VoicemailBox))},
        trunks={row.id: _trunk(row) for row in session.scalars(select(models.SipTrunk))},
        outbound_routes=tuple(_outbound_route(row) for row in routes),
        recording_name=_recording_name(recording_name_scheme(session)),
    )


def media(audio_id: int) -> str:
    """An audio file as an ARI media URI."""
    return f"{SOUNDS}/{audio_id}"


def media_or_none(audio_id: int | None) -> str | None:
    """The same for what may be without an audio file."""
    return media(audio_id) if audio_id is not None else None


def destination(kind: str, destination_id: int | None) -> Destination:
    """A destination as it is stored in a pair of columns."""
    return Destination(DestinationType(kind), destination_id)


def time_ranges(rows: Iterable[models.TimeGroupRange]) -> tuple[TimeRange, ...]:
    """The ranges of a time group."""
    return tuple(
        TimeRange(
            minutes=(
                row.time_from.hour * 60 + row.time_from.minute,
                row.time_to.hour * 60 + row.time_to.minute,
            ),
            weekdays=_pair(row.weekday_from, row.weekday_to),
            month_days=_pair(row.month_day_from, row.month_day_to),
            months=_pair(row.month_from, row.month_to),
        )
        for row in rows
    )


def _pair(first: int | None, last: int | None) -> tuple[int, int] | None:
    return (first, last) if first is not None and last is not None else None


def _time_condition(row: models.TimeCondition) -> TimeCondition:
    return TimeCondition(
        id=row.id,
        name=row.name,
        ranges=time_ranges(row.time_group.ranges),
        match=destination(row.match_type, row.match_id),
        otherwise=destination(row.otherwise_type, row.otherwise_id),
    )


def _ivr(row: models.Ivr) -> Ivr:
    return Ivr(
        id=row.id,
        name=row.name,
        media=media(row.audio_id),
        options={option.digit: destination(option.destination_type, option.destination_id) for option in row.options},
        timeout=destination(row.timeout_type, row.timeout_id),
        invalid=destination(row.invalid_type, row.invalid_id),
        timeout_seconds=row.timeout_seconds,
        timeout_retries=row.timeout_retries,
        timeout_media=media_or_none(row.timeout_audio_id),
        invalid_retries=row.invalid_retries,
        invalid_media=media_or_none(row.invalid_audio_id),
    )


def _identification(row: models.CustomerIdentification) -> Identification:
    return Identification(
        id=row.id,
        name=row.name,
        media=media(row.audio_id),
        identified=destination(row.identified_type, row.identified_id),
        unidentified=destination(row.unidentified_type, row.unidentified_id),
        mode=row.mode,
        url=row.url,
        length=row.length,
        timeout_seconds=row.timeout_seconds,
        attempts=row.attempts,
    )


def _custom(row: models.CustomDestination) -> CustomDestination:
    return CustomDestination(
        id=row.id,
        name=row.name,
        context=row.context,
        extension=row.extension,
        priority=row.priority,
        failover=destination(row.failover_type, row.failover_id),
    )


def _voicemail_box(row: models.VoicemailBox) -> VoicemailBox:
    return VoicemailBox(
        id=row.id,
        name=row.name,
        greeting_media=media_or_none(row.greeting_audio_id),
        max_seconds=row.max_seconds,
    )


def _trunk(row: models.SipTrunk) -> Trunk:
    return Trunk(id=row.id, name=row.name, max_channels=row.max_channels, caller_id=row.caller_id)


def _outbound_route(row: models.OutboundRoute) -> OutboundRoute:
    options = DialOptions.read(row.dial_options)
    return OutboundRoute(
        id=row.id,
        name=row.name,
        patterns=tuple(
            DialPattern(match=pattern.match, prefix=pattern.prefix, prepend=pattern.prepend) for pattern in row.patterns
        ),
        trunk_ids=tuple(trunk.trunk_id for trunk in row.trunks),
        ring_seconds=row.ring_seconds,
        generates_ringing=options.rings,
        talk_limit_ms=options.talk_limit_ms,
    )


def _recording_name(scheme: RecordingNameSchemeIn) -> RecordingName:
    return RecordingName(
        with_date=scheme.with_date,
        with_phone=scheme.with_phone,
        with_campaign_id=scheme.with_campaign_id,
        with_agent_id=scheme.with_agent_id,
    )
