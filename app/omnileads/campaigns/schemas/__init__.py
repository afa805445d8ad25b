"""Requests and answers about campaigns, a module for each topic. Everything is imported from here."""

from omnileads.campaigns.schemas.answers import (
    AnyCampaignOut,
    CampaignOut,
    CampaignRow,
    DialerCampaignOut,
    DispositionOptionOut,
    InboundCampaignOut,
    IncidenceRuleOut,
    ManualCampaignOut,
    MemberOut,
    PreviewCampaignOut,
)
from omnileads.campaigns.schemas.leads import LeadCounts
from omnileads.campaigns.schemas.parts import DispositionOptionIn, FieldRule, GroupIn, IncidenceRuleIn, MemberIn
from omnileads.campaigns.schemas.requests import (
    AnyCampaign,
    CampaignCreate,
    CampaignFields,
    CampaignPatch,
    DialerCampaign,
    DialingFields,
    InboundCampaign,
    ManualCampaign,
    PreviewCampaign,
    QueueFields,
)

__all__ = [
    "AnyCampaign",
    "AnyCampaignOut",
    "CampaignCreate",
    "CampaignFields",
    "CampaignOut",
    "CampaignPatch",
    "CampaignRow",
    "DialerCampaign",
    "DialerCampaignOut",
    "DialingFields",
    "DispositionOptionIn",
    "DispositionOptionOut",
    "FieldRule",
    "GroupIn",
    "InboundCampaign",
    "InboundCampaignOut",
    "IncidenceRuleIn",
    "IncidenceRuleOut",
    "LeadCounts",
    "ManualCampaign",
    "ManualCampaignOut",
    "MemberIn",
    "MemberOut",
    "PreviewCampaign",
    "PreviewCampaignOut",
    "QueueFields",
]
