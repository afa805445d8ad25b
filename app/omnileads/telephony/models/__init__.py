"""Tables of telephony, a module for each topic. Everything is imported from here."""

from omnileads.telephony.models.asterisk import (
    AmdSettings,
    AsteriskFileSync,
    AsteriskNode,
    AsteriskSync,
    CustomDialplan,
    SyncState,
)
from omnileads.telephony.models.audio import AudioContent, AudioFile, MohPlaylist, MohPlaylistFile, PlaylistOrder
from omnileads.telephony.models.flow import (
    CustomDestination,
    CustomerIdentification,
    IdentificationMode,
    Ivr,
    IvrOption,
    TimeCondition,
    VoicemailBox,
)
from omnileads.telephony.models.inbound import InboundRoute, RouteLanguage
from omnileads.telephony.models.outbound import OutboundPattern, OutboundRoute, OutboundRouteTrunk
from omnileads.telephony.models.recordings import RecordingNameScheme
from omnileads.telephony.models.time_groups import TimeGroup, TimeGroupRange
from omnileads.telephony.models.trunks import LineReachability, LineRegistration, SipTrunk, TrunkLine
from omnileads.telephony.models.vocabulary import DESTINATION_TYPES, DestinationType, NamedRow

__all__ = [
    "DESTINATION_TYPES",
    "AmdSettings",
    "AsteriskFileSync",
    "AsteriskNode",
    "AsteriskSync",
    "AudioContent",
    "AudioFile",
    "CustomDestination",
    "CustomDialplan",
    "CustomerIdentification",
    "DestinationType",
    "IdentificationMode",
    "InboundRoute",
    "Ivr",
    "IvrOption",
    "LineReachability",
    "LineRegistration",
    "MohPlaylist",
    "MohPlaylistFile",
    "NamedRow",
    "OutboundPattern",
    "OutboundRoute",
    "OutboundRouteTrunk",
    "PlaylistOrder",
    "RecordingNameScheme",
    "RouteLanguage",
    "SipTrunk",
    "SyncState",
    "TimeCondition",
    "TimeGroup",
    "TimeGroupRange",
    "TrunkLine",
    "VoicemailBox",
]
