"""Tables of campaigns, a module for each topic. Everything is imported from here."""

from omnileads.agents.models import CampaignKind
from omnileads.campaigns.models.campaigns import (
    Campaign,
    CampaignMember,
    CampaignState,
    CampaignSupervisor,
    Interaction,
    LeadSelection,
)
from omnileads.campaigns.models.dispositions import DispositionKind, DispositionOption
from omnileads.campaigns.models.library import CampaignDraft, CampaignTemplate
from omnileads.campaigns.models.outbound import (
    CampaignDialing,
    IncidenceMode,
    IncidenceOutcome,
    IncidenceRule,
    Lead,
    LeadState,
)
from omnileads.campaigns.models.queues import CampaignQueue, HoldTimeAnnouncement, QueueStrategy

__all__ = [
    "Campaign",
    "CampaignDialing",
    "CampaignDraft",
    "CampaignKind",
    "CampaignMember",
    "CampaignQueue",
    "CampaignState",
    "CampaignSupervisor",
    "CampaignTemplate",
    "DispositionKind",
    "DispositionOption",
    "HoldTimeAnnouncement",
    "IncidenceMode",
    "IncidenceOutcome",
    "IncidenceRule",
    "Interaction",
    "Lead",
    "LeadSelection",
    "LeadState",
    "QueueStrategy",
]
