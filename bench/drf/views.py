"""List, read and create dispositions: what `/api/v1/disposition/` checks and writes, with the framework's own means.

Left out in the framework's favour: languages, external systems, calls of our own, leads, measurements, logs.
"""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import ValidationError

from bench.drf.models import (
    Agent,
    AuditEntry,
    CampaignMember,
    Contact,
    Disposition,
    DispositionChange,
    DispositionOption,
)


class DispositionSerializer(serializers.ModelSerializer):
    idContact = serializers.IntegerField(source="contact_id")  # noqa: N815 (the contract's names)
    callid = serializers.CharField(source="given_call_id", max_length=128, required=False, allow_null=True)
    idDispositionOption = serializers.IntegerField(source="option_id")  # noqa: N815
    comments = serializers.CharField(source="comment", max_length=2000, allow_blank=True)

    class Meta:
        model = Disposition
        fields: ClassVar[list[str]] = ["id", "idContact", "callid", "idDispositionOption", "comments"]
        read_only_fields: ClassVar[list[str]] = ["id"]


class DispositionViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet
):
    serializer_class = DispositionSerializer

    def get_queryset(self) -> Any:
        return Disposition.objects.filter(agent=self._agent(), contact__isnull=False).order_by("id")

    def perform_create(self, serializer: Any) -> None:
        agent, fields = self._agent(), serializer.validated_data
        option = (
            DispositionOption.objects.select_related("campaign")
            .filter(id=fields["option_id"], is_hidden=False, campaign__deleted_at=None)
            .first()
        )
        if option is None or not CampaignMember.objects.filter(campaign=option.campaign_id, agent=agent.id).exists():
            raise ValidationError({"status": "ERROR", "idDispositionOption": "Disposition option id not found"})
        base_id = option.campaign.contact_base_id
        contact = Contact.objects.select_for_update().filter(id=fields["contact_id"], base_id=base_id).first()
        if contact is None:
            raise ValidationError({"status": "ERROR", "idContact": "Contact id not found"})
        if Disposition.objects.filter(campaign=option.campaign_id, contact=contact.id).exists():
            text = "There is another disposition for this contact on this campaign"
            raise ValidationError({"status": "ERROR", "msg": text})
        now = timezone.now()
        stored = serializer.save(
            call_id=f"v1-{secrets.token_hex(13)}",
            campaign_id=option.campaign_id,
            agent=agent,
            created_at=now,
            updated_at=now,
        )
        DispositionChange.objects.create(
            call=stored, option=option, agent=agent, comment=stored.comment, changed_at=now
        )
        AuditEntry.objects.create(
            at=now,
            actor_id=self.request.user.id,
            actor_name=self.request.user.username,
            action="disposition.created",
            subject_type="disposition",
            subject_id=str(stored.id),
            after={"contact_id": contact.id, "option_id": option.id, "comment": stored.comment},
            door="web",
        )

    def _agent(self) -> Agent:
        return Agent.objects.get(user=self.request.user.id, deleted_at=None)
