"""Options of a form's dynamic list, from its external site. Kept for a moment: many agents open a form at once."""

from __future__ import annotations

import asyncio
import json
from typing import Final

from sqlalchemy import select

from omnileads.crm.dynamic_lists import MAX_BYTES, NotAList, options_of
from omnileads.crm.models import ExternalSite
from omnileads.crm.requests import UnusableRequest, build
from omnileads.crm.schemas import ExternalSiteCreate, SiteContext
from omnileads.crm.sender import SiteSender
from omnileads.crm.tokens import Credentials, TokenFailed
from omnileads.forms.errors import OptionsUnavailable
from omnileads.forms.models import FormField
from omnileads.kit.errors import NotFound
from omnileads.kit.outgoing import OutgoingFailed
from omnileads.kit.runtime import Runtime

KEPT_SECONDS: Final = 30


class FieldOptions:
    def __init__(self, runtime: Runtime, sender: SiteSender) -> None:
        self._runtime = runtime
        self._sender = sender

    def of(self, form_id: int, position: int) -> list[str]:
        """Raises NotFound, OptionsUnavailable."""
        with self._runtime.database.transaction() as session:
            found = session.scalar(
                select(ExternalSite)
                .join(FormField, FormField.external_site_id == ExternalSite.id)
                .where(FormField.form_id == form_id, FormField.position == position)
            )
            if found is None:
                raise NotFound
            shape = {field: getattr(found, field) for field in ExternalSiteCreate.model_fields}
            site = ExternalSiteCreate.model_validate(shape)
            credentials = Credentials.of(found.authentication) if found.authentication else None
            key = f"oml:crm:options:{found.id}"
        kept = self._runtime.redis.get(key)
        if isinstance(kept, str):
            options: list[str] = json.loads(kept)
            return options
        fetched = self._fetch(site, credentials)
        self._runtime.redis.set(key, json.dumps(fetched), ex=KEPT_SECONDS)
        return fetched

    def _fetch(self, site: ExternalSiteCreate, credentials: Credentials | None) -> list[str]:
        try:
            request = build(site, [], SiteContext())
            sent = asyncio.run(self._sender.send(request, credentials, max_bytes=MAX_BYTES))
            return options_of(sent.answer)
        except (UnusableRequest, OutgoingFailed, TokenFailed, NotAList) as error:
            raise OptionsUnavailable(f'The options of "{site.name}" could not be fetched. {error}') from error
