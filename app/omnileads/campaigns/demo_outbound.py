"""The demonstration's campaigns that call: a manual, a preview and a dialer one, with people to call and a form.

Called by `demo`. The phones are of a range that is kept for examples, so nobody is ever called by mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from omnileads.campaigns.schemas import (
    DialerCampaign,
    DispositionOptionIn,
    FieldRule,
    IncidenceRuleIn,
    ManualCampaign,
    MemberIn,
    PreviewCampaign,
)
from omnileads.campaigns.service import Campaigns
from omnileads.contacts.columns import with_keys
from omnileads.contacts.contacts import Contacts
from omnileads.contacts.models import ContactBase
from omnileads.forms.forms import Forms
from omnileads.forms.schemas import FormCreate, FormFieldIn
from omnileads.kit.changes import ConfigurationChanges
from omnileads.kit.clock import Clock

BASE_NAME: Final = "Demo customers"
_PEOPLE: Final = (
    ("Lucía", "Ferreyra", "Córdoba", "Fibre 300"),
    ("Martín", "Ocampo", "Rosario", "Fibre 100"),
    ("Sofía", "Barrios", "Mendoza", "Mobile 10 GB"),
    ("Javier", "Luján", "Salta", "Fibre 300"),
    ("Camila", "Vega", "La Plata", "Mobile 20 GB"),
    ("Nicolás", "Ponce", "Tucumán", "Fibre 100"),
    ("Valentina", "Roldán", "Neuquén", "Mobile 10 GB"),
    ("Tomás", "Arce", "Paraná", "Fibre 600"),
    ("Julieta", "Medina", "Resistencia", "Mobile 20 GB"),
    ("Federico", "Sosa", "Posadas", "Fibre 300"),
    ("Agustina", "Rivas", "San Juan", "Fibre 100"),
    ("Ramiro", "Quiroga", "Santa Fe", "Mobile 10 GB"),
)


def create_demo_outbound(
    session: Session, changes: ConfigurationChanges, campaigns: Campaigns, clock: Clock, agent_ids: Sequence[int]
) -> None:
    """Raises AppError when something is in its way."""
    base = _base(session, clock)
    form = Forms(session, changes, scope=None).create(
        FormCreate(
            name="Demo sale",
            fields=[
                FormFieldIn(name="Plan", type="list", is_required=True, options=["Fibre 300", "Fibre 600", "Mobile"]),
                FormFieldIn(name="Installation", type="date"),
                FormFieldIn(name="Notes", type="text-area"),
            ],
        )
    )
    members = [MemberIn(agent_id=agent_id) for agent_id in agent_ids]
    shared: dict[str, Any] = {"recording_enabled": True, "contact_base_id": base.id, "members": members}
    campaigns.create(
        ManualCampaign(kind="manual", name="Demo follow-up", dispositions=_options(form.id), objective=20, **shared)
    )
    campaigns.create(
        PreviewCampaign(
            kind="preview",
            name="Demo customer care",
            objective=10,
            reservation_minutes=15,
            script="Good morning {{first_name}}, I am calling about your plan {{plan}}.",
            field_rules={"customer": FieldRule(locked=True), "phone": FieldRule(locked=True)},
            distribution="proportional",
            dispositions=_options(form.id),
            **shared,
        )
    )
    today = clock.now().astimezone().date()
    campaigns.create(
        DialerCampaign(
            kind="dialer",
            name="Demo renewals",
            objective=50,
            starts_on=today,
            ends_on=today + timedelta(days=90),
            weekdays=[1, 2, 3, 4, 5],
            opens_at=time(9),
            closes_at=time(19),
            incidence_rules=[
                IncidenceRuleIn(outcome="busy", max_attempts=3, delay_seconds=300),
                IncidenceRuleIn(outcome="no-answer", max_attempts=4, delay_seconds=1800, mode="multiply"),
                IncidenceRuleIn(disposition="Call back", max_attempts=2, delay_seconds=3600),
            ],
            dispositions=_options(form.id),
            **shared,
        )
    )


def _base(session: Session, clock: Clock) -> ContactBase:
    columns = with_keys(
        [
            ("Phone", "phone"),
            ("First name", "data"),
            ("Last name", "data"),
            ("City", "data"),
            ("Plan", "data"),
            ("Customer", "external-id"),
        ]
    )
    base = ContactBase(name=BASE_NAME, columns=columns)
    session.add(base)
    session.flush()
    contacts = Contacts(session, clock, base, None)
    keys = [column["key"] for column in columns]
    for number, (first_name, last_name, city, plan) in enumerate(_PEOPLE):
        values = (f"+1202555{100 + number:04}", first_name, last_name, city, plan, f"C-{1001 + number}")
        contacts.create(dict(zip(keys, values, strict=True)), is_original=True)
    return base


def _options(form_id: int) -> list[DispositionOptionIn]:
    return [
        DispositionOptionIn(name="Sale", kind="engaged", form_id=form_id, is_positive=True),
        DispositionOptionIn(
            name="Not interested", kind="no-action", subdispositions=["Price", "Has another provider", "Moves soon"]
        ),
        DispositionOptionIn(name="Wrong number", kind="no-action"),
        DispositionOptionIn(name="Call back", kind="callback"),
    ]
