"""Requests and answers about the settings of telephony that there is one of."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from omnileads.kit.schemas import RequestModel, ResponseModel
from omnileads.telephony.schemas.trunks import SyncOut

Milliseconds = Annotated[int, Field(ge=1, le=60_000)]


class CustomDialplanIn(RequestModel):
    text: Annotated[str, Field(max_length=200_000)]


class CustomDialplanOut(ResponseModel):
    """`contexts` are those the text makes, in its order."""

    text: str
    contexts: list[str]
    sync: SyncOut


class AmdSettingsIn(RequestModel):
    """How Asterisk's application AMD tells an answering machine from a person.

    A machine is: silence longer than `initial_silence_ms` before the greeting, a greeting longer than `greeting_ms`, or
    more than `max_words` words. A person is: silence of `after_greeting_silence_ms` after the greeting.
    `silence_threshold` is the loudness (0 to 32767) below which sound counts as silence.
    """

    initial_silence_ms: Milliseconds = 2500
    greeting_ms: Milliseconds = 1500
    after_greeting_silence_ms: Milliseconds = 800
    total_analysis_ms: Milliseconds = 5000
    min_word_ms: Milliseconds = 100
    between_words_silence_ms: Milliseconds = 50
    max_words: Annotated[int, Field(ge=1, le=100)] = 3
    max_word_ms: Milliseconds = 5000
    silence_threshold: Annotated[int, Field(ge=1, le=32_767)] = 256


class AmdSettingsOut(ResponseModel):
    initial_silence_ms: int
    greeting_ms: int
    after_greeting_silence_ms: int
    total_analysis_ms: int
    min_word_ms: int
    between_words_silence_ms: int
    max_words: int
    max_word_ms: int
    silence_threshold: int
    sync: SyncOut


class RecordingNameSchemeIn(RequestModel):
    """What the names of recordings are made of, after the kind of call and before the call's id."""

    with_contact_id: bool = False
    with_date: bool = True
    with_phone: bool = True
    with_campaign_id: bool = True
    with_external_contact_id: bool = False
    with_external_campaign_id: bool = False
    with_agent_id: bool = True


class RecordingNameSchemeOut(ResponseModel):
    with_contact_id: bool
    with_date: bool
    with_phone: bool
    with_campaign_id: bool
    with_external_contact_id: bool
    with_external_campaign_id: bool
    with_agent_id: bool
