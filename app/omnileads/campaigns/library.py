"""Requests for campaigns that are kept: clones are answered, templates stored for everybody, drafts for oneself."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from omnileads.campaigns.errors import DraftsFull, TemplateNameTaken
from omnileads.campaigns.models import Campaign, CampaignDraft, CampaignKind, CampaignTemplate
from omnileads.campaigns.schemas import AnyCampaign
from omnileads.campaigns.schemas.library import (
    CampaignDraftOut,
    CampaignDraftRow,
    CampaignDraftSave,
    CampaignTemplateCreate,
    CampaignTemplateOut,
)
from omnileads.campaigns.service import Campaigns
from omnileads.campaigns.writing import REQUESTS, document_of
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.clock import Clock
from omnileads.kit.db import constraint_errors
from omnileads.kit.errors import NotFound
from omnileads.kit.pagination import Page, PageQuery, contains, page_of, paginate

MAX_DRAFTS: Final = 100
"""Drafts one user can keep."""
_MAX_NAME: Final = 60
_NUMBERED: Final = re.compile(r"(?P<name>.*) \((?P<number>\d{1,4})\)")


def clone_of(session: Session, campaign: Campaign) -> AnyCampaign:
    """The request that would make the same campaign, with a free name and without the id only one can have."""
    document = document_of(campaign)
    document["name"] = _free_name(session, campaign.name)
    document["external_system_id"] = document["external_id"] = None
    document["dispositions"] = [{**option, "id": None} for option in document["dispositions"]]
    return REQUESTS[campaign.kind].model_validate(document)


def _free_name(session: Session, name: str) -> str:
    taken = set(session.scalars(select(func.lower(Campaign.name)).where(Campaign.deleted_at.is_(None))))
    return numbered(name, taken)


def numbered(name: str, taken: Collection[str]) -> str:
    """`Sales` -> `Sales (2)`, `Sales (2)` -> `Sales (3)`: the first that is not taken (in small letters)."""
    match = _NUMBERED.fullmatch(name)
    stem, number = (match["name"], int(match["number"])) if match else (name, 1)
    while True:
        number += 1
        ending = f" ({number})"
        suggestion = stem[: _MAX_NAME - len(ending)] + ending
        if suggestion.lower() not in taken:
            return suggestion


class CampaignTemplates:
    def __init__(self, session: Session, changes: ConfigurationChanges, campaigns: Campaigns) -> None:
        self._session = session
        self._changes = changes
        self._campaigns = campaigns

    def page(self, query: PageQuery, kind: CampaignKind | None) -> Page[CampaignTemplateOut]:
        statement = select(CampaignTemplate).order_by(func.lower(CampaignTemplate.name))
        if kind is not None:
            statement = statement.where(CampaignTemplate.kind == kind)
        if query.search:
            statement = statement.where(CampaignTemplate.name.ilike(contains(query.search), escape="\\"))
        rows, total = paginate(self._session, statement, query)
        return page_of(rows, total, query, CampaignTemplateOut.model_validate)

    def one(self, template_id: int) -> CampaignTemplateOut:
        """Raises NotFound."""
        return CampaignTemplateOut.model_validate(self._template(template_id))

    def create(self, request: CampaignTemplateCreate) -> CampaignTemplateOut:
        """Raises NotFound for a campaign one does not see, TemplateNameTaken."""
        document = self._document(request)
        template = CampaignTemplate(kind=document["kind"], name=request.name, request=document)
        with constraint_errors(self._session, {"uq_campaign_templates_name": TemplateNameTaken()}):
            self._session.add(template)
        self._session.refresh(template)
        self._changes.record(
            "campaign-template.created", "campaign-template", template.id, after={"name": template.name, **document}
        )
        return CampaignTemplateOut.model_validate(template)

    def delete(self, template_id: int) -> None:
        """Raises NotFound. Campaigns made of it stay as they are."""
        template = self._template(template_id)
        before = {"name": template.name, **template.request}
        self._session.delete(template)
        self._session.flush()
        self._changes.record("campaign-template.deleted", "campaign-template", template_id, before=before)

    def _document(self, request: CampaignTemplateCreate) -> dict[str, Any]:
        if request.request is not None:
            return request.request.model_dump(mode="json", exclude_unset=True)
        campaign = self._campaigns.find(request.campaign_id or 0)
        return clone_of(self._session, campaign).model_dump(mode="json", exclude={"name"})

    def _template(self, template_id: int) -> CampaignTemplate:
        template = self._session.get(CampaignTemplate, template_id)
        if template is None:
            raise NotFound
        return template


class CampaignDrafts:
    """The drafts of one user. They are nobody else's business, so they are not audited."""

    def __init__(self, session: Session, clock: Clock, user_id: int) -> None:
        self._session = session
        self._clock = clock
        self._user_id = user_id

    def all(self) -> list[CampaignDraftRow]:
        """The latest first."""
        statement = (
            select(CampaignDraft)
            .where(CampaignDraft.user_id == self._user_id)
            .order_by(CampaignDraft.updated_at.desc(), CampaignDraft.id.desc())
        )
        return [CampaignDraftRow.model_validate(draft) for draft in self._session.scalars(statement)]

    def one(self, draft_id: int) -> CampaignDraftOut:
        """Raises NotFound."""
        return CampaignDraftOut.model_validate(self._draft(draft_id))

    def create(self, request: CampaignDraftSave) -> CampaignDraftOut:
        """Raises DraftsFull."""
        if len(self.all()) >= MAX_DRAFTS:
            raise DraftsFull
        draft = CampaignDraft(user_id=self._user_id, updated_at=self._clock.now(), **request.model_dump())
        self._session.add(draft)
        self._session.flush()
        return CampaignDraftOut.model_validate(draft)

    def save(self, draft_id: int, request: CampaignDraftSave) -> CampaignDraftOut:
        """Raises NotFound."""
        draft = self._draft(draft_id)
        for field, value in request.model_dump().items():
            setattr(draft, field, value)
        draft.updated_at = self._clock.now()
        self._session.flush()
        return CampaignDraftOut.model_validate(draft)

    def delete(self, draft_id: int) -> None:
        """Raises NotFound."""
        self._session.delete(self._draft(draft_id))
        self._session.flush()

    def _draft(self, draft_id: int) -> CampaignDraft:
        draft = self._session.scalar(
            select(CampaignDraft).where(CampaignDraft.id == draft_id, CampaignDraft.user_id == self._user_id)
        )
        if draft is None:
            raise NotFound
        return draft
