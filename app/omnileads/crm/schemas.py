"""Requests and answers about external sites, their authentications, parameters and trials, and external systems."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from omnileads.crm.models import (
    LONGEST_TOKEN_SECONDS,
    MAX_URL_LENGTH,
    SiteFormat,
    SiteMethod,
    SiteRequestState,
    SiteTarget,
    SiteTrigger,
)
from omnileads.crm.urls import site_address, token_address
from omnileads.kit.clock import Instant
from omnileads.kit.outgoing import FailureCode
from omnileads.kit.schemas import Id, RequestModel, ResponseModel, TypedSecret
from omnileads.telephony.schemas.destinations import ItemName, ItemOut

ParameterKind = Literal["campaign", "contact", "call", "fixed", "dialplan", "disposition"]
PARAMETER_KINDS: Final[tuple[ParameterKind, ...]] = get_args(ParameterKind)

PARAMETER_VALUES: Final[Mapping[ParameterKind, tuple[str, ...]]] = {
    "campaign": ("id", "name", "type"),
    "call": (
        "call_id",
        "agent_id",
        "agent_username",
        "agent_name",
        "telephone",
        "contact_id",
        "rec_filename",
        "call_wait_duration",
        "datetime",
    ),
    "disposition": ("id", "name", "subdisposition", "form"),
}
"""What may be sent of each kind that has a closed list; the others name a column, a variable or the value itself."""

MAX_PARAMETERS: Final = 50
_VARIABLE: Final = re.compile(r"Omlcrm[A-Za-z0-9_]{1,74}")
_LINE: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*")


def _one_line(text: str) -> str:
    if _LINE.fullmatch(text) is None:
        raise PydanticCustomError("control_character", "Write it in one line, without control characters")
    return text


OneLine: Final = AfterValidator(_one_line)
"""For text that stands in a header, an address or a line of a form."""


class SiteParameter(RequestModel):
    """What a campaign sends to an external site: `value` under the `name` the CRM knows, or at its place `{n}`.

    By `kind`, `value` is one of `PARAMETER_VALUES`, a column of the contact base, a variable of the custom dialplan
    (`Omlcrm...`), or for "fixed" the very text that is sent.
    """

    name: Annotated[
        str, Field(min_length=1, max_length=100, description="As the CRM expects it, or {1}, {2} ..."), OneLine
    ]
    kind: ParameterKind
    value: Annotated[str, Field(max_length=500), OneLine]

    @model_validator(mode="after")
    def _value_is_of_its_kind(self) -> SiteParameter:
        allowed = PARAMETER_VALUES.get(self.kind)
        if allowed is not None and self.value not in allowed:
            raise PydanticCustomError(
                "unknown_value",
                "Of {kind} these can be sent: {values}",
                {"kind": self.kind, "values": ", ".join(allowed)},
            )
        if self.kind == "contact" and not self.value:
            raise PydanticCustomError("missing_column", "Name the column of the contact base")
        if self.kind == "dialplan" and _VARIABLE.fullmatch(self.value) is None:
            raise PydanticCustomError(
                "variable", "Name a variable of the dialplan that begins with Omlcrm: letters, digits and _"
            )
        return self


def _without_repeated_names(parameters: list[SiteParameter]) -> list[SiteParameter]:
    names = [parameter.name for parameter in parameters]
    for name in names:
        if names.count(name) > 1:
            raise PydanticCustomError("repeated_name", 'Two parameters are called "{name}"', {"name": name})
    return parameters


SiteParameters = Annotated[
    list[SiteParameter], Field(max_length=MAX_PARAMETERS), AfterValidator(_without_repeated_names)
]
"""The list a campaign keeps."""

ContextText = Annotated[str, Field(max_length=10_000)]
ContextPart = Annotated[dict[Annotated[str, Field(max_length=200)], ContextText], Field(max_length=400)]


class SiteContext(BaseModel):
    """What is known when a request is made, by kind of parameter. What is not in it is sent empty.

    `answers` are the form's, by the name of the field; the parameter "form" of a disposition sends them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    campaign: ContextPart = {}
    contact: ContextPart = {}
    call: ContextPart = {}
    dialplan: ContextPart = {}
    disposition: ContextPart = {}
    answers: ContextPart = {}


SiteAddress = Annotated[str, Field(min_length=1, max_length=MAX_URL_LENGTH), AfterValidator(site_address)]
TokenAddress = Annotated[str, Field(min_length=1, max_length=MAX_URL_LENGTH), AfterValidator(token_address)]


class ExternalSiteCreate(RequestModel):
    """`format` is for POST only, `target` for requests the agent's browser makes, `authentication_id` for the others.

    The server makes the requests with trigger "server" or "dynamic-list" and those in JSON, which no browser can show.
    """

    name: ItemName
    url: SiteAddress
    trigger: SiteTrigger
    method: SiteMethod = "GET"
    format: SiteFormat | None = None
    target: SiteTarget | None = None
    authentication_id: Id | None = None
    is_hidden: bool = False


class ExternalSitePatch(RequestModel):
    """Only what is sent changes."""

    name: ItemName | None = None
    url: SiteAddress | None = None
    trigger: SiteTrigger | None = None
    method: SiteMethod | None = None
    format: SiteFormat | None = None
    target: SiteTarget | None = None
    authentication_id: Id | None = None
    is_hidden: bool | None = None


class ExternalSiteOut(ItemOut):
    """`is_sent_by_server`: or by the agent's browser. `placeholders` are the numbers in the URL, in order."""

    url: str
    trigger: SiteTrigger
    method: SiteMethod
    format: SiteFormat | None
    target: SiteTarget | None
    authentication_id: int | None
    authentication_name: str | None
    is_hidden: bool
    is_sent_by_server: bool
    placeholders: list[int]


Username = Annotated[str, Field(min_length=1, max_length=200), OneLine]
Password = Annotated[TypedSecret, Field(min_length=1, max_length=200)]
FieldPath = Annotated[str, Field(pattern=r"^[^\s.]{1,50}(\.[^\s.]{1,50}){0,4}$", max_length=100)]
DurationSeconds = Annotated[int, Field(ge=1, le=LONGEST_TOKEN_SECONDS)]


class AuthenticationCreate(RequestModel):
    """`token_field` and `duration_field` name fields of the answer; dots lead into objects, as in `data.token`.

    One of `duration_seconds` and `duration_field` says how long a token is used.
    """

    name: ItemName
    token_url: TokenAddress
    username: Username
    password: Password
    token_field: FieldPath
    duration_seconds: DurationSeconds | None = None
    duration_field: FieldPath | Literal[""] = ""
    strict_tls: bool = True


class AuthenticationPatch(RequestModel):
    """Only what is sent changes. Without `password` the present one stays."""

    name: ItemName | None = None
    token_url: TokenAddress | None = None
    username: Username | None = None
    password: Password | None = None
    token_field: FieldPath | None = None
    duration_seconds: DurationSeconds | None = None
    duration_field: FieldPath | Literal[""] | None = None
    strict_tls: bool | None = None


class AuthenticationOut(ItemOut):
    """The password is never answered."""

    token_url: str
    username: str
    token_field: str
    duration_seconds: int | None
    duration_field: str
    strict_tls: bool


class SystemAgent(RequestModel):
    agent_id: Id
    external_id: Annotated[str, Field(min_length=1, max_length=100), OneLine]


class SystemAgentOut(ResponseModel):
    agent_id: int
    name: str
    external_id: str


SystemAgents = Annotated[list[SystemAgent], Field(max_length=2000)]


class ExternalSystemCreate(RequestModel):
    name: ItemName
    agents: SystemAgents = Field(default_factory=list)


class ExternalSystemPatch(RequestModel):
    """Only what is sent changes; `agents` as a whole."""

    name: ItemName | None = None
    agents: SystemAgents | None = None


class ExternalSystemOut(ItemOut):
    agents: list[SystemAgentOut]


class SiteTrial(RequestModel):
    """A stored site, tried with sample values."""

    parameters: SiteParameters = Field(default_factory=list)
    context: SiteContext = SiteContext()


class UnsavedSiteTrial(SiteTrial):
    site: ExternalSiteCreate


class AuthenticationTrial(AuthenticationCreate):
    """An authentication that is not stored. Without password, that of `authentication_id` is used."""

    password: Password | None = None  # type: ignore[assignment]  # narrower than its base on purpose
    authentication_id: Id | None = None


class HeaderOut(ResponseModel):
    name: str
    value: str


class TriedRequest(ResponseModel):
    """Exactly what was sent, but for masked secrets. A browser that opens the site adds headers of its own."""

    method: str
    url: str
    headers: list[HeaderOut]
    body: str | None


class TriedAnswer(ResponseModel):
    """What came back; `body` is its beginning if `is_cut`."""

    status: int
    headers: list[HeaderOut]
    body: str
    is_cut: bool
    duration_ms: int


class TrialProblem(ResponseModel):
    """Why there is no answer. `code` also "token" (the authentication failed) and "request" (it cannot be made)."""

    code: FailureCode | Literal["token", "request", "answer"]
    message: str


class TokenOut(ResponseModel):
    """A token as it may be shown: its ends and its length."""

    masked: str
    expires_at: Instant


class SiteTrialOut(ResponseModel):
    """`request` is null when it could not even be made; `token` when the site uses none.

    `options` are those of a dynamic list, if the answer has them.
    """

    is_sent_by_server: bool
    request: TriedRequest | None
    answer: TriedAnswer | None
    token: TokenOut | None
    options: list[str] | None
    problem: TrialProblem | None


class AuthenticationTrialOut(ResponseModel):
    request: TriedRequest | None
    answer: TriedAnswer | None
    token: TokenOut | None
    problem: TrialProblem | None


class SiteRequestOut(ResponseModel):
    """A request about a call. `state` "opened": by the agent's browser, whose answer is not known here.

    `message` says why it failed, or why a queued one is being tried again; `status` is the site's last answer.
    """

    id: str
    requested_at: Instant
    finished_at: Instant | None
    state: SiteRequestState
    status: int | None
    duration_ms: int | None
    attempts: int
    message: str
    call_id: str
    campaign_id: int
    campaign_name: str
    agent_name: str
