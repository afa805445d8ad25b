"""Every module that declares tables, so that `METADATA` is whole (migrations, tests)."""

from __future__ import annotations

from typing import Final

from omnileads.accounts import models as accounts
from omnileads.agents import models as agents
from omnileads.callbacks import models as callbacks
from omnileads.calls import models as calls
from omnileads.campaigns import models as campaigns
from omnileads.contacts import models as contacts
from omnileads.crm import models as crm
from omnileads.dispositions import models as dispositions
from omnileads.exports import models as exports
from omnileads.forms import models as forms
from omnileads.kit import audit, jobs, revision
from omnileads.kit.db import Base
from omnileads.telephony import models as telephony

MODULES: Final = (
    accounts,
    agents,
    audit,
    callbacks,
    calls,
    campaigns,
    contacts,
    crm,
    dispositions,
    exports,
    forms,
    jobs,
    revision,
    telephony,
)

METADATA: Final = Base.metadata
