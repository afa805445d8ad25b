"""Alerts and dashboard: each alert fires when it should and not before, and every metric they name is served."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.test_chart import CHART, render

REPOSITORY = Path(__file__).resolve().parents[3]
ALERTS = CHART / "files" / "alerts.yaml"
DASHBOARD = CHART / "files" / "dashboard.json"
OPERATORS = "omnileads_operator_"
NAME = re.compile(r"\b(?:oml|omnileads_operator)_[a-z_]+\b")
# The processes of the application that serve /metrics, as they are started.
PROCESSES = ("omnileads.main", "omnileads.worker", "omnileads.uploader", "omnileads.acd.main", "omnileads.dialer.main")
OF = 'namespace="ns", omnileads="acme"'
YEAR = 365 * 86400
ACME = 'namespace="ns", name="acme"'
BACKUP = 'kind="OMniLeadsBackup", name="x", condition="Complete"'


@dataclass(frozen=True)
class Case:
    """Series and their values at each interval, in promtool's notation: when it must fire, and when it must not."""

    bad: dict[str, str]
    well: dict[str, str]
    minutes: int = 60
    interval: str = "1m"


CASES = {
    "OMniLeadsOperatorNotReconciling": Case(
        bad={'omnileads_operator_leading{pod="a"}': "0x90", 'omnileads_operator_leading{pod="b"}': "0x90"},
        well={'omnileads_operator_leading{pod="a"}': "0x90", 'omnileads_operator_leading{pod="b"}': "1x90"},
    ),
    "OMniLeadsOperatorFailing": Case(
        bad={'omnileads_operator_reconciliations_total{kind="OMniLeads", outcome="failed"}': "0+1x90"},
        well={
            'omnileads_operator_reconciliations_total{kind="OMniLeads", outcome="failed"}': "5x90",
            'omnileads_operator_reconciliations_total{kind="OMniLeads", outcome="ok"}': "0+1x90",
        },
    ),
    "OMniLeadsNotReady": Case(
        bad={'omnileads_operator_resource_ready{kind="OMniLeads", namespace="ns", name="acme"}': "0x90"},
        well={'omnileads_operator_resource_ready{kind="OMniLeads", namespace="ns", name="acme"}': "0x50 1x40"},
    ),
    "OMniLeadsConfigurationNotSynced": Case(
        bad={'omnileads_operator_condition{kind="Campaign", name="x", condition="Synced", status="False"}': "1x90"},
        well={'omnileads_operator_condition{kind="Campaign", name="x", condition="Synced", status="False"}': "0x90"},
    ),
    "OMniLeadsRotationNotFinished": Case(
        bad={f"{OPERATORS}rotation_under_way{{{ACME}}}": "1x90"},
        well={f"{OPERATORS}rotation_under_way{{{ACME}}}": "1x50 0x40"},
        minutes=80,
    ),
    "OMniLeadsBackupFailed": Case(
        bad={f'omnileads_operator_condition{{{BACKUP}, status="False"}}': "1x9"},
        well={f'omnileads_operator_condition{{{BACKUP}, status="Unknown"}}': "1x9"},
        minutes=5,
    ),
    # promtool's clock begins in 1970: what ended at 0 is as old as the test is long.
    "OMniLeadsBackupOld": Case(
        bad={f'{OPERATORS}backup_completed_timestamp_seconds{{name="x", {OF}}}': "0x110"},
        well={
            f'{OPERATORS}backup_completed_timestamp_seconds{{name="x", {OF}}}': "0x110",
            f'{OPERATORS}backup_completed_timestamp_seconds{{name="y", {OF}}}': "80000x110",
        },
        minutes=3000,
        interval="30m",
    ),
    "OMniLeadsCertificateEnds": Case(
        bad={f'{OPERATORS}certificate_ends_timestamp_seconds{{namespace="ns", name="acme"}}': f"{10 * 86400}x90"},
        well={f'{OPERATORS}certificate_ends_timestamp_seconds{{namespace="ns", name="acme"}}': f"{YEAR}x90"},
        minutes=80,
    ),
    "OMniLeadsNoActiveCallEngine": Case(
        bad={
            f'oml_acd_asterisk_connected{{pod="a", {OF}}}': "0x9",
            f'oml_acd_asterisk_connected{{pod="b", {OF}}}': "0x9",
        },
        well={
            f'oml_acd_asterisk_connected{{pod="a", {OF}}}': "0x9",
            f'oml_acd_asterisk_connected{{pod="b", {OF}}}': "1x9",
        },
        minutes=5,
    ),
    "OMniLeadsAsteriskAway": Case(
        bad={
            f'oml_acd_asterisk_connected{{pod="a", asterisk="10.0.0.1", {OF}}}': "1x9",
            f'oml_acd_asterisk_connected{{pod="a", asterisk="10.0.0.2", {OF}}}': "0x9",
        },
        well={
            f'oml_acd_asterisk_connected{{pod="a", asterisk="10.0.0.1", {OF}}}': "1x9",
            f'oml_acd_asterisk_connected{{pod="a", asterisk="", {OF}}}': "0x9",
            f'oml_acd_asterisk_connected{{pod="b", asterisk="", {OF}}}': "0x9",
        },
        minutes=5,
    ),
    "OMniLeadsCallersGiveUp": Case(
        bad={
            f'oml_acd_call_events_total{{event="ENTERQUEUE", {OF}}}': "0+10x90",
            f'oml_acd_call_events_total{{event="ABANDON", {OF}}}': "0+2x90",
            f'oml_acd_call_events_total{{event="EXITWITHTIMEOUT", {OF}}}': "0+2x90",
        },
        well={
            f'oml_acd_call_events_total{{event="ENTERQUEUE", {OF}}}': "0+10x90",
            f'oml_acd_call_events_total{{event="ABANDON", {OF}}}': "0+2x90",
        },
    ),
    "OMniLeadsCallEngineSlow": Case(
        bad={
            f'oml_acd_decision_seconds_bucket{{le="0.01", {OF}}}': "0+1x90",
            f'oml_acd_decision_seconds_bucket{{le="0.1", {OF}}}': "0+10x90",
            f'oml_acd_decision_seconds_bucket{{le="+Inf", {OF}}}': "0+10x90",
        },
        well={
            f'oml_acd_decision_seconds_bucket{{le="0.01", {OF}}}': "0+10x90",
            f'oml_acd_decision_seconds_bucket{{le="+Inf", {OF}}}': "0+10x90",
        },
    ),
    "OMniLeadsEventsNotWritten": Case(
        bad={f"oml_acd_unwritten_events{{{OF}}}": "2000x90"}, well={f"oml_acd_unwritten_events{{{OF}}}": "5x90"}
    ),
    "OMniLeadsHistoryBehind": Case(
        bad={f"oml_events_lag{{{OF}}}": "600x90", f"oml_events_pending{{{OF}}}": "600x90"},
        well={f"oml_events_lag{{{OF}}}": "600x90", f"oml_events_pending{{{OF}}}": "5x90"},
    ),
    "OMniLeadsEventsBuried": Case(
        bad={f"oml_events_buried_total{{{OF}}}": "0x30 1x60"}, well={f"oml_events_buried_total{{{OF}}}": "7x90"}
    ),
    "OMniLeadsRecordingsMissing": Case(
        bad={f'oml_recordings_checked_total{{state="missing", {OF}}}': "0x30 1x60"},
        well={f'oml_recordings_checked_total{{state="present", {OF}}}': "0+1x90"},
    ),
    "OMniLeadsRecordingsNotStored": Case(
        bad={f"oml_uploader_oldest_waiting_seconds{{{OF}}}": "0+60x90"},
        well={f"oml_uploader_oldest_waiting_seconds{{{OF}}}": "60x90"},
    ),
    "OMniLeadsRecordingsInConflict": Case(
        bad={f"oml_uploader_conflicting_recordings{{{OF}}}": "1x90"},
        well={f"oml_uploader_conflicting_recordings{{{OF}}}": "0x90"},
    ),
    "OMniLeadsRecordingsDiskFull": Case(
        bad={f"oml_uploader_disk_free_bytes{{{OF}}}": "5000000x90"},
        well={f"oml_uploader_disk_free_bytes{{{OF}}}": "5000000000x90"},
    ),
    "OMniLeadsErrors": Case(
        bad={
            f'oml_http_requests_total{{status="500", {OF}}}': "0+1x90",
            f'oml_http_requests_total{{status="200", {OF}}}': "0+9x90",
        },
        well={
            f'oml_http_requests_total{{status="500", {OF}}}': "0+1x90",
            f'oml_http_requests_total{{status="200", {OF}}}': "0+99x90",
        },
    ),
}


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def promtool(*arguments: str) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("there is no promtool on this machine to evaluate the alerts with: make test-tools")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_reads_the_alerts() -> None:
    promtool("check", "rules", str(ALERTS))


def test_there_is_a_case_for_each_alert() -> None:
    assert set(CASES) == {rule["alert"] for rule in rules()}


@pytest.mark.parametrize("alert", CASES)
def test_it_fires_when_it_should_and_not_before(alert: str, tmp_path: Path) -> None:
    case = CASES[alert]
    firing = f'count(ALERTS{{alertname="{alert}", alertstate="firing"}})'

    def test(series: dict[str, str], expected: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "interval": case.interval,
            "input_series": [{"series": name, "values": values} for name, values in series.items()],
            "promql_expr_test": [{"expr": firing, "eval_time": f"{case.minutes}m", "exp_samples": expected}],
        }

    path = tmp_path / "test.yaml"
    tests = [test(case.bad, [{"labels": "{}", "value": 1}]), test(case.well, [])]
    path.write_text(yaml.safe_dump({"rule_files": [str(ALERTS)], "evaluation_interval": case.interval, "tests": tests}))
    promtool("test", "rules", str(path))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_says_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert set(rule["annotations"]) == {"summary", "description"}


def served(code: str, folder: Path) -> set[str]:
    """Names of the series that a process serves which has imported this."""
    program = f"{code}\nfrom prometheus_client import generate_latest\nprint(generate_latest().decode())"
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    names: set[str] = set()
    for line in done.stdout.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            names |= {f"{name}_bucket", f"{name}_sum", f"{name}_count"} if kind == "histogram" else {name}
    return names


def expressions() -> dict[str, str]:
    """Everything that asks Prometheus, by where it is."""
    found = {rule["alert"]: rule["expr"] for rule in rules()}
    dashboard = json.loads(DASHBOARD.read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            found[f"{panel['title']} {target['refId']}"] = target["expr"]
    for variable in dashboard["templating"]["list"]:
        found[f"variable {variable['name']}"] = variable["query"]["query"] if variable["type"] == "query" else ""
    return found


def test_every_metric_they_name_is_served() -> None:
    known = served("import omnileads_operator.main", REPOSITORY / "operator")
    known |= served("\n".join(f"import {process}" for process in PROCESSES), REPOSITORY / "app")
    for where, expression in expressions().items():
        unknown = set(NAME.findall(expression)) - known
        assert not unknown, f"{where} asks for {unknown}, which nobody serves"


def test_panels_have_names_places_and_questions_prometheus_understands(tmp_path: Path) -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
    assert len(places) == len(panels)
    asked = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    path = tmp_path / "panels.yaml"
    recorded = [
        {"record": f"panel:{number}", "expr": expr.replace("$namespace", ".*").replace("$omnileads", ".*")}
        for number, expr in enumerate(asked)
    ]
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}))
    promtool("check", "rules", str(path))


def test_the_chart_installs_them() -> None:
    switches = ("serviceMonitor", "podMonitor", "alerts", "dashboard")
    options = [argument for each in switches for argument in ("--set", f"metrics.{each}=true")]
    items = {item["kind"]: item for item in render(*options, "--set", "metrics.labels.release=prometheus")}
    assert items["PrometheusRule"]["spec"] == yaml.safe_load(ALERTS.read_text())
    assert json.loads(items["ConfigMap"]["data"]["omnileads.json"]) == json.loads(DASHBOARD.read_text())
    for kind in ("ServiceMonitor", "PodMonitor", "PrometheusRule"):
        assert items[kind]["metadata"]["labels"]["release"] == "prometheus"
    assert items["PodMonitor"]["spec"]["namespaceSelector"] == {"any": True}
    assert "PrometheusRule" not in {item["kind"] for item in render()}
