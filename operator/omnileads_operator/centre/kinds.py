"""How each kind of resource is written to the application: where it is kept, what is sent, what is compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from omnileads_operator.centre.api import CentreApi, Item
from omnileads_operator.resources.configuration import (
    AgentGroupSpec,
    CampaignSpec,
    InboundRouteSpec,
    OutboundRouteSpec,
    SIPTrunkSpec,
)

PLACEHOLDER: Final = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
CONNECTION_FIELDS: Final = frozenset({"centre", "deletion_policy"})


class NotYetError(Exception):
    """Something this refers to is not there, or a value cannot be used. `reason` is one word for programs."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Context:
    """What a body may need beside its spec: the application, and the values of secrets by placeholder."""

    api: CentreApi
    secrets: Mapping[str, str]


@dataclass(frozen=True)
class CentreKind:
    collection: str
    body: Callable[[Any, Context], Item]
    """What is sent to create it, from the spec."""
    shown: Callable[[Item], Item] = dict
    """An item as the API shows it, in the words of what is sent."""
    completed: Callable[[Item, Item], Item] = lambda changes, _item: changes
    """What is sent to change an item, from the fields that differ and the item as the API shows it."""
    only_created: frozenset[str] = frozenset()
    """Fields of the body that the API does not change later."""


def _plain(spec: Any, *also: str) -> Item:
    return dict(spec.model_dump(exclude=CONNECTION_FIELDS | set(also), exclude_none=True))


def _agent_group(spec: AgentGroupSpec, _context: Context) -> Item:
    return _plain(spec)


def _campaign(spec: CampaignSpec, _context: Context) -> Item:
    queue = spec.inbound.model_dump() if spec.inbound else {}
    return {**_plain(spec, "inbound"), **queue}


def _campaign_shown(item: Item) -> Item:
    fields = ("name", "kind", "subdispositions", "is_positive")
    return {**item, "dispositions": [{key: option[key] for key in fields} for option in item["dispositions"]]}


def _campaign_completed(changes: Item, item: Item) -> Item:
    """With the ids of options that are there, so that they stay the ones that calls refer to."""
    if "dispositions" not in changes:
        return changes
    known = {option["name"]: option for option in item["dispositions"]}
    return {**changes, "dispositions": [{**known.get(each["name"], {}), **each} for each in changes["dispositions"]]}


def _trunk(spec: SIPTrunkSpec, context: Context) -> Item:
    def value(match: re.Match[str]) -> str:
        found = context.secrets.get(match[1])
        if found is None:
            raise NotYetError("UnknownPlaceholder", f"${{{match[1]}}} in wizardText has no entry in secrets.")
        if "\n" in found or "\r" in found:
            raise NotYetError("SecretRefused", f"The secret for ${{{match[1]}}} has more than one line.")
        return found

    return {**_plain(spec, "secrets"), "wizard_text": PLACEHOLDER.sub(value, spec.wizard_text)}


def _inbound_route(spec: InboundRouteSpec, context: Context) -> Item:
    destination: Item = {"type": "hangup"}
    if spec.destination.campaign:
        campaign = _required(context, "campaigns", "campaign", spec.destination.campaign)
        destination = {"type": "inbound-campaign", "id": campaign["id"]}
    return {**_plain(spec, "destination"), "destination": destination}


def _inbound_route_shown(item: Item) -> Item:
    shown = {key: value for key, value in item["destination"].items() if key in ("type", "id") and value is not None}
    return {**item, "destination": shown}


def _outbound_route(spec: OutboundRouteSpec, context: Context) -> Item:
    trunks = [_required(context, "sip-trunks", "trunk", name)["id"] for name in spec.trunks]
    return {**_plain(spec, "trunks"), "trunk_ids": trunks}


def _outbound_route_shown(item: Item) -> Item:
    patterns = [{key: pattern[key] for key in ("prepend", "prefix", "match")} for pattern in item["patterns"]]
    return {**item, "patterns": patterns, "trunk_ids": [trunk["id"] for trunk in item["trunks"]]}


def _required(context: Context, collection: str, what: str, name: str) -> Item:
    found = context.api.find(collection, name)
    if found is None:
        raise NotYetError("ReferenceNotFound", f"There is no {what} called {name} in the contact centre.")
    return found


CENTRE_KINDS: Final[dict[str, CentreKind]] = {
    "AgentGroup": CentreKind("agent-groups", _agent_group),
    "Campaign": CentreKind(
        "campaigns", _campaign, _campaign_shown, _campaign_completed, only_created=frozenset({"kind"})
    ),
    "SIPTrunk": CentreKind("sip-trunks", _trunk),
    "InboundRoute": CentreKind("inbound-routes", _inbound_route, _inbound_route_shown),
    "OutboundRoute": CentreKind("outbound-routes", _outbound_route, _outbound_route_shown),
}


def difference(kind: CentreKind, wanted: Item, item: Item) -> Item:
    """The fields of `wanted` that the item has otherwise."""
    shown = kind.shown(item)
    return {
        field: value for field, value in wanted.items() if field not in kind.only_created and shown.get(field) != value
    }
