"""A backup: its Job and volume, what is told of it, and that its script backs up and proves a real database."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from typing import Any

import pytest

from omnileads_operator.desired.backup import SCRIPT
from omnileads_operator.version import VERSION
from tests.cluster.instances import manifest
from tests.support.api import Api, ApiError, Object
from tests.support.process import OperatorProcess, wait_for

POSTGRES = f"localhost/omnileads/postgres:{VERSION}"
STAMP = "2026-01-01T00:00:00Z"


def make(api: Api, namespace: str, **spec: Any) -> None:
    metadata = {"name": "before", "namespace": namespace}
    body = {"instance": "acme", **spec}
    api.create({"apiVersion": "omnileads.org/v1alpha1", "kind": "OMniLeadsBackup", "metadata": metadata, "spec": body})


def wait_for_reason(api: Api, operator: OperatorProcess, namespace: str, reason: str) -> Object:
    def found() -> Object | None:
        status: Object = api.get("OMniLeadsBackup", namespace, "before").get("status") or {}
        return status if [each["reason"] for each in status.get("conditions", [])] == [reason] else None

    return wait_for(reason, found, evidence=operator.log)


def end_job(api: Api, namespace: str, kinds: tuple[str, ...], **status: Any) -> None:
    conditions = [{"type": kind, "status": "True", "lastTransitionTime": STAMP} for kind in kinds]
    body = {"status": {"startTime": STAMP, "conditions": conditions, **status}}
    api.change("Job", namespace, "before-backup", body, "status")


def test_a_backup_is_made_once_and_told(api: Api, operator: OperatorProcess, namespace: str) -> None:
    make(api, namespace)
    wait_for_reason(api, operator, namespace, "InstanceNotFound")
    api.create(manifest(namespace))
    wait_for_reason(api, operator, namespace, "Running")
    job = api.get("Job", namespace, "before-backup")
    labels = job["spec"]["template"]["metadata"]["labels"]
    policy = wait_for("the policy", lambda: api.find("NetworkPolicy", namespace, "acme-postgres"))
    names = policy["spec"]["ingress"][0]["from"][0]["podSelector"]["matchExpressions"][0]["values"]
    assert labels["app.kubernetes.io/name"] in names
    end_job(api, namespace, ("SuccessCriteriaMet", "Complete"), succeeded=1, completionTime=STAMP)
    status = wait_for_reason(api, operator, namespace, "Complete")
    assert (status["completedAt"], status["version"]) == (STAMP, VERSION)
    assert "ownerReferences" not in api.get("PersistentVolumeClaim", namespace, "before-backup")["metadata"]


def test_a_failed_backup_is_told(api: Api, operator: OperatorProcess, namespace: str) -> None:
    api.create(manifest(namespace))
    make(api, namespace, deletionPolicy="Delete")
    wait_for_reason(api, operator, namespace, "Running")
    end_job(api, namespace, ("FailureTarget", "Failed"), failed=4)
    wait_for_reason(api, operator, namespace, "Failed")
    claim = api.get("PersistentVolumeClaim", namespace, "before-backup")
    assert claim["metadata"]["ownerReferences"][0]["kind"] == "OMniLeadsBackup"


def test_a_backup_cannot_be_changed(api: Api, namespace: str) -> None:
    make(api, namespace)
    with pytest.raises(ApiError, match="a backup cannot be changed; make a new one instead"):
        api.change("OMniLeadsBackup", namespace, "before", {"spec": {"instance": "other"}})


@pytest.fixture
def database() -> Any:
    """The image of PostgreSQL with a table, restricted as its pod is but for the mounts."""
    if shutil.which("podman") is None or podman("image", "exists", POSTGRES).returncode != 0:
        pytest.skip(f"{POSTGRES} is not built; images/build.sh postgres builds it")
    name = f"oml-test-{secrets.token_hex(6)}"
    variables = {"POSTGRES_DATABASE": "omnileads", "POSTGRES_USER": "omnileads", "POSTGRES_PASSWORD": "secret"}
    environment = [argument for each in variables.items() for argument in ("--env", "=".join(each))]
    tmpfs = ["--tmpfs", "/var/lib/omnileads/postgres", "--tmpfs", "/backup:mode=0777"]
    podman("run", "--detach", "--name", name, "--network", "none", *tmpfs, *environment, POSTGRES)
    wait_for("PostgreSQL", lambda: podman("exec", name, "healthcheck.sh").returncode == 0)
    yield name
    podman("rm", "--force", "--time", "2", name)


def podman(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["podman", *arguments], capture_output=True, text=True, check=False)


def test_the_script_backs_up_what_can_be_restored(database: str) -> None:
    variables = {"PGHOST": "127.0.0.1", "PGPORT": "5432", "PGUSER": "omnileads", "PGPASSWORD": "secret"}
    names = [argument for each in variables.items() for argument in ("--env", "=".join(each))]

    def run(script: str, **more: str) -> subprocess.CompletedProcess[str]:
        also = [argument for each in more.items() for argument in ("--env", "=".join(each))]
        return podman("exec", *names, *also, database, "sh", "-c", script)

    assert (
        run("psql -c 'CREATE TABLE calls AS SELECT generate_series(1, 1000) AS id'", PGDATABASE="omnileads").returncode
        == 0
    )
    done = run(SCRIPT, PGDATABASE="omnileads")
    assert done.returncode == 0, done.stderr
    assert run("cd /backup && sha256sum --check database.dump.sha256").returncode == 0
    run("psql -c 'DROP TABLE calls'", PGDATABASE="omnileads")
    assert run("pg_restore --dbname omnileads /backup/database.dump").returncode == 0
    assert run("psql -tAc 'SELECT count(*) FROM calls'", PGDATABASE="omnileads").stdout.strip() == "1000"
    # A database that cannot be read leaves no file that looks like a backup.
    assert run("rm /backup/*").returncode == 0
    assert run(SCRIPT, PGDATABASE="no-such-database").returncode != 0
    assert run("ls /backup/database.dump").returncode != 0
