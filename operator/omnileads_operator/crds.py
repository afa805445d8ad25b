"""Generates the CustomResourceDefinitions from the models: `python -m omnileads_operator.crds <folder>`.

Pydantic's JSON schema becomes a structural schema: references put in place, null made `nullable`'s absence (an optional
field is simply left out), titles dropped. Rules and list types come from the models' `json_schema_extra`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from omnileads_operator.resources.backup import BackupSpec, BackupStatus
from omnileads_operator.resources.configuration import KINDS, ConfiguredStatus
from omnileads_operator.resources.instance import InstanceSpec, InstanceStatus
from omnileads_operator.resources.restore import RestoreSpec, RestoreStatus
from omnileads_operator.resources.schedule import ScheduleSpec, ScheduleStatus
from omnileads_operator.version import API_VERSION, GROUP

DROPPED = ("title", "additionalProperties", "$defs")
NAME_RULE = {
    "rule": "self.metadata.name.size() <= 40",
    "message": "the name of an instance has at most 40 characters, because others are made from it",
}


@dataclass(frozen=True)
class Resource:
    kind: str
    plural: str
    short: str
    spec: type[BaseModel]
    status: type[BaseModel]
    columns: tuple[tuple[str, str, str], ...]
    """Name, type and JSON path of each column `kubectl get` prints."""


def condition_column(name: str, field: str = "status", of: str = "") -> tuple[str, str, str]:
    kind = of or ("Ready" if name == "Reason" else name)
    return name, "string", f'.status.conditions[?(@.type=="{kind}")].{field}'


INSTANCE = Resource(
    "OMniLeads",
    "omnileads",
    "oml",
    InstanceSpec,
    InstanceStatus,
    (
        condition_column("Ready"),
        condition_column("Reason", "reason"),
        ("Version", "string", ".status.version"),
        ("URL", "string", ".status.url"),
        ("Age", "date", ".metadata.creationTimestamp"),
    ),
)
PLURALS = {
    "AgentGroup": ("agentgroups", "omlgroup"),
    "Campaign": ("campaigns", "omlcamp"),
    "SIPTrunk": ("siptrunks", "omltrunk"),
    "InboundRoute": ("inboundroutes", "omlin"),
    "OutboundRoute": ("outboundroutes", "omlout"),
}
CONFIGURED = tuple(
    Resource(
        kind,
        *PLURALS[kind],
        spec,
        ConfiguredStatus,
        (
            ("Name", "string", ".spec.name"),
            condition_column("Synced"),
            ("Id", "integer", ".status.id"),
            ("Age", "date", ".metadata.creationTimestamp"),
        ),
    )
    for kind, spec in KINDS.items()
)
BACKUP = Resource(
    "OMniLeadsBackup",
    "omnileadsbackups",
    "omlb",
    BackupSpec,
    BackupStatus,
    (
        ("Instance", "string", ".spec.instance"),
        condition_column("Complete"),
        condition_column("Reason", "reason", of="Complete"),
        ("Version", "string", ".status.version"),
        ("Location", "string", ".status.location"),
        ("Completed", "date", ".status.completedAt"),
    ),
)
SCHEDULE = Resource(
    "OMniLeadsBackupSchedule",
    "omnileadsbackupschedules",
    "omlbs",
    ScheduleSpec,
    ScheduleStatus,
    (
        ("Instance", "string", ".spec.instance"),
        ("Schedule", "string", ".spec.schedule"),
        condition_column("Scheduled"),
        ("Next", "string", ".status.nextScheduleTime"),
        ("Last backup", "date", ".status.lastBackupTime"),
    ),
)
RESTORE = Resource(
    "OMniLeadsRestore",
    "omnileadsrestores",
    "omlr",
    RestoreSpec,
    RestoreStatus,
    (
        ("Instance", "string", ".spec.instance"),
        condition_column("Complete"),
        condition_column("Reason", "reason", of="Complete"),
        ("Location", "string", ".status.location"),
        ("Completed", "date", ".status.completedAt"),
    ),
)
RESOURCES = (INSTANCE, BACKUP, SCHEDULE, RESTORE, *CONFIGURED)


def definition(resource: Resource) -> dict[str, Any]:
    """One CustomResourceDefinition."""
    schema: dict[str, Any] = {
        "type": "object",
        "description": (resource.spec.__doc__ or "").strip(),
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": structural(resource.spec),
            "status": structural(resource.status),
        },
    }
    if resource is INSTANCE:
        schema["x-kubernetes-validations"] = [NAME_RULE]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{resource.plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": resource.kind,
                "listKind": f"{resource.kind}List",
                "plural": resource.plural,
                "singular": resource.kind.lower(),
                "shortNames": [resource.short],
                "categories": ["omnileads-all"],
            },
            "versions": [
                {
                    "name": API_VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": [
                        {"name": name, "type": kind, "jsonPath": path} for name, kind, path in resource.columns
                    ],
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }


def structural(model: type[BaseModel]) -> dict[str, Any]:
    """The structural schema of a model."""
    schema = model.model_json_schema(by_alias=True)
    found = _structural(schema, schema.get("$defs", {}))
    assert isinstance(found, dict)  # noqa: S101 - for the type checker: an object's schema is an object
    return found


def _structural(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_structural(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    node = _resolved(node, definitions)
    made: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties":
            made[key] = {name: _structural(field, definitions) for name, field in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            made[key] = _structural(value, definitions)
        elif key == "maxLength" and node.get("type") != "string":
            continue
        elif key == "default":
            if value is not None:
                made[key] = _without_null(value)
        elif key not in DROPPED and not key.startswith("discriminator"):
            made[key] = value
    return made


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    return value


def _resolved(node: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The node with its reference, its `const` and its `X or null` put in plain words."""
    for many in ("anyOf", "allOf"):
        choices = [choice for choice in node.get(many, []) if choice.get("type") != "null"]
        if choices:
            if len(choices) != 1:
                raise TypeError(f"a structural schema has no alternatives: {node}")
            rest = {key: value for key, value in node.items() if key != many}
            return _resolved({**choices[0], **rest}, definitions)
    if "$ref" in node:
        target = definitions[node["$ref"].rpartition("/")[2]]
        rest = {key: value for key, value in node.items() if key != "$ref"}
        rules = [*target.get("x-kubernetes-validations", []), *rest.get("x-kubernetes-validations", [])]
        merged = {**target, **rest}
        if rules:
            merged["x-kubernetes-validations"] = rules
        return _resolved(merged, definitions)
    if "const" in node:
        node = {**node, "enum": [node["const"]]}
        del node["const"]
    return node


def write(folder: Path) -> None:
    for resource in RESOURCES:
        text = yaml.safe_dump(definition(resource), sort_keys=False, allow_unicode=True, width=120)
        (folder / f"{resource.plural}.yaml").write_text(f"# Generated by `make operator-manifests`.\n{text}")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
