"""The product's tables as Django sees them; it makes and changes none."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Role(models.Model):
    permissions = ArrayField(models.CharField(max_length=64))

    class Meta:
        managed = False
        db_table = "roles"


class User(models.Model):
    is_authenticated: ClassVar[bool] = True

    username = models.CharField(max_length=150)
    role = models.ForeignKey(Role, models.DO_NOTHING)
    is_active = models.BooleanField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "users"


class LoginToken(models.Model):
    user = models.OneToOneField(User, models.DO_NOTHING, primary_key=True)
    token_hash = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "login_tokens"


class Agent(models.Model):
    user = models.ForeignKey(User, models.DO_NOTHING)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "agents"


class Campaign(models.Model):
    contact_base_id = models.IntegerField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "campaigns"


class CampaignMember(models.Model):
    pk = models.CompositePrimaryKey("campaign_id", "agent_id")
    campaign = models.ForeignKey(Campaign, models.DO_NOTHING)
    agent = models.ForeignKey(Agent, models.DO_NOTHING)

    class Meta:
        managed = False
        db_table = "campaign_members"


class DispositionOption(models.Model):
    campaign = models.ForeignKey(Campaign, models.DO_NOTHING)
    is_hidden = models.BooleanField()

    class Meta:
        managed = False
        db_table = "disposition_options"


class Contact(models.Model):
    base_id = models.IntegerField()

    class Meta:
        managed = False
        db_table = "contacts"


class Disposition(models.Model):
    id = models.BigAutoField(primary_key=True)
    call_id = models.CharField(max_length=32, unique=True)
    given_call_id = models.CharField(max_length=128, null=True)
    campaign = models.ForeignKey(Campaign, models.DO_NOTHING)
    option = models.ForeignKey(DispositionOption, models.DO_NOTHING)
    agent = models.ForeignKey(Agent, models.DO_NOTHING)
    contact = models.ForeignKey(Contact, models.DO_NOTHING, null=True)
    comment = models.TextField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "dispositions"


class DispositionChange(models.Model):
    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Disposition, models.DO_NOTHING, to_field="call_id")
    option = models.ForeignKey(DispositionOption, models.DO_NOTHING)
    agent = models.ForeignKey(Agent, models.DO_NOTHING)
    comment = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "disposition_history"


class AuditEntry(models.Model):
    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.IntegerField(null=True)
    actor_name = models.CharField(max_length=150, null=True)
    action = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    after = models.JSONField(null=True)
    door = models.CharField(max_length=8)

    class Meta:
        managed = False
        db_table = "audit_entries"
