"""The processes of the application's image: app, worker, acd, dialer, and the jobs that prepare the database."""

from __future__ import annotations

from typing import Final

from omnileads_operator.desired.credentials import OF_APP, PREVIOUS
from omnileads_operator.desired.instance import Instance, Manifest
from omnileads_operator.desired.pods import Container, Pod, Value, http
from omnileads_operator.desired.wiring import (
    ACD_PORT,
    ANYWHERE,
    APP_PORT,
    ARI_PORT,
    DIALER_PORT,
    KAMAILIO_SIP_PORT,
    WORKER_PORT,
    Wiring,
)
from omnileads_operator.desired.workloads import (
    autoscaler,
    claim_mount,
    deployment,
    disruption_budget,
    job,
    service,
)
from omnileads_operator.resources.parts import Web
from omnileads_operator.resources.sizes import Resources, sized

STOPPED_FOR_RESTORE: Final = ("app", "worker", "acd", "dialer")
JOB_RESOURCES: Resources = sized("128Mi", "512Mi")


def application(instance: Instance, versions: dict[str, str]) -> list[Manifest]:
    spec = instance.spec
    app_ports = {"http": (APP_PORT, "TCP")}
    objects = [
        *_scaled(instance, _app_pod(instance), spec.app, versions["app"]),
        service(instance, "app", app_ports),
        *_scaled(instance, _worker_pod(instance), spec.worker, versions["worker"]),
        # Standbys are ready while one works; the one that works is stopped last but must not wait for another place.
        deployment(instance, _acd_pod(instance), versions["acd"], _unless_restoring(instance, spec.acd.replicas)),
        disruption_budget(instance, "acd", max_unavailable=1),
        deployment(instance, _dialer_pod(instance), versions["dialer"], _unless_restoring(instance, 1)),
    ]
    return objects + preparation(instance)


def preparation(instance: Instance) -> list[Manifest]:
    """The migration to the wanted version, and the first administrator."""
    version = instance.spec.version
    migrate = Pod(
        "app",
        [Container("migrate", _app_env(instance), JOB_RESOURCES, command=["migrate", "--wait", "600"])],
        restart="OnFailure",
    )
    password = {"secretName": instance.credentials, "items": [{"key": "admin_password", "path": "password"}]}
    administrator = Pod(
        "app",
        [
            Container(
                "create-admin",
                _app_env(instance),
                JOB_RESOURCES,
                command=[
                    "create-admin",
                    "--password-file",
                    "/etc/omnileads/admin/password",
                    instance.spec.admin_username,
                ],
                mounts=[claim_mount("admin", "/etc/omnileads/admin", read_only=True)],
            )
        ],
        volumes=[{"name": "admin", "secret": {**password, "defaultMode": 0o440}}],
        restart="OnFailure",
    )
    made = [job(instance, migration_name(version), migrate, version)]
    if version in instance.observed.migrated:
        made.append(job(instance, "create-admin", administrator, version))
    return made


def migration_name(version: str) -> str:
    return f"migrate-{version.replace('.', '-')}"


def after_restore_pod(instance: Instance) -> Pod:
    """Brings a restored database to the version of the image."""
    container = Container("migrate", _app_env(instance), JOB_RESOURCES, command=["after-restore", "--wait", "600"])
    return Pod("app", [container], restart="Never")


def _unless_restoring(instance: Instance, replicas: int | None) -> int | None:
    return 0 if instance.observed.is_restoring else replicas


def _scaled(instance: Instance, pod: Pod, web: Web, version: str) -> list[Manifest]:
    objects = [
        # An autoscaler leaves alone what has no pods.
        deployment(instance, pod, version, _unless_restoring(instance, None if web.autoscaling else web.replicas)),
        disruption_budget(instance, pod.component, max_unavailable=1),
    ]
    if web.autoscaling:
        objects.append(autoscaler(instance, pod.component, web.autoscaling))
    return objects


def _app_pod(instance: Instance) -> Pod:
    web, wiring = instance.spec.app, Wiring(instance)
    container = Container(
        "app",
        {**_app_env(instance), **wiring.bucket_env()},
        web.resources,
        ports={"http": (APP_PORT, "TCP")},
        mounts=[*wiring.recordings_mounts(read_only=True), *wiring.bucket_mounts()],
        ready=http("/readyz", APP_PORT),
        alive=http("/healthz", APP_PORT),
        # nginx hears of the end a moment later than the pod.
        pre_stop=["sleep", "5"],
    )
    volumes = [*wiring.recordings_volumes(), *wiring.bucket_volumes()]
    return Pod("app", [container], volumes, web.placement, stop_seconds=45)


def _app_env(instance: Instance) -> dict[str, Value]:
    wiring, settings = Wiring(instance), instance.spec.settings
    direct, nat, container = instance.spec.voice.asterisk.trunk_ports
    return {
        **wiring.database_env(),
        "APP_LISTEN": ANYWHERE,
        "APP_PORT": APP_PORT,
        "APP_PUBLIC_URL": wiring.public_url(),
        "APP_FORWARDED_ALLOW_IPS": ",".join(settings.trusted_proxies),
        "APP_INTERNAL_TOKEN": instance.generated(OF_APP[0]),
        "APP_INTERNAL_TOKEN_PREVIOUS": instance.passing(OF_APP[0] + PREVIOUS),
        "OUTGOING_ALLOWED_HOSTS": ",".join(settings.outgoing_allowed_hosts),
        "SESSION_COOKIE_AGE": settings.session_seconds,
        "LOGIN_FAILURE_LIMIT": settings.login_failure_limit,
        "TOKEN_EXPIRED_AFTER_SECONDS": settings.api_token_seconds,
        "CUSTOM_CORS_ALLOWED_ORIGINS": ",".join(settings.cors_allowed_origins),
        "EPHEMERAL_USER_TTL": settings.webphone_credential_seconds,
        "SIP_REALM": settings.sip_realm,
        "SIP_EPHEMERAL_SECRET": instance.generated("sip_ephemeral_secret"),
        "ASTERISK_SIP_TRUNK_PORT": direct,
        "ASTERISK_SIP_TRUNK_NAT_PORT": nat,
        "ASTERISK_SIP_TRUNK_CONTAINER_PORT": container,
    }


def _worker_pod(instance: Instance) -> Pod:
    web, mail, wiring = instance.spec.worker, instance.spec.settings.mail, Wiring(instance)
    env: dict[str, Value] = {
        **wiring.database_env(),
        **wiring.bucket_env(),
        "WORKER_LISTEN": ANYWHERE,
        "WORKER_PORT": WORKER_PORT,
        "OUTGOING_ALLOWED_HOSTS": ",".join(instance.spec.settings.outgoing_allowed_hosts),
    }
    if mail:
        env |= {"MAIL_HOST": mail.host, "MAIL_PORT": mail.port, "MAIL_SECURITY": mail.security}
        env |= {"MAIL_USER": mail.user, "MAIL_SENDER": mail.sender}
        if mail.password:
            env["MAIL_PASSWORD"] = mail.password
    container = Container(
        "worker",
        env,
        web.resources,
        command=["worker"],
        ports={"http": (WORKER_PORT, "TCP")},
        mounts=[*wiring.recordings_mounts(), *wiring.bucket_mounts()],
        ready=http("/readyz", WORKER_PORT),
        alive=http("/healthz", WORKER_PORT),
    )
    volumes = [*wiring.recordings_volumes(), *wiring.bucket_volumes()]
    return Pod("worker", [container], volumes, web.placement, stop_seconds=40)


def _acd_pod(instance: Instance) -> Pod:
    wiring, engine = Wiring(instance), instance.spec.acd
    env: dict[str, Value] = {
        **wiring.database_env(),
        "ACD_LISTEN": ANYWHERE,
        "ACD_PORT": ACD_PORT,
        "ACD_UNAVAILABLE_LOGOUT_SECONDS": instance.spec.settings.agent_unavailable_logout_seconds,
        "OUTGOING_ALLOWED_HOSTS": ",".join(instance.spec.settings.outgoing_allowed_hosts),
        # Those that calls may begin on; where calls are, the engine knows.
        "ASTERISK_HOST": wiring.host("asterisk-open"),
        "ASTERISK_ARI_PORT": ARI_PORT,
        "ASTERISK_ARI_USER": instance.generated("asterisk_ari_user"),
        "ASTERISK_ARI_PASSWORD": instance.generated("asterisk_ari_password"),
        "KAMAILIO_HOST": wiring.host("kamailio"),
        "KAMAILIO_SIP_PORT": KAMAILIO_SIP_PORT,
    }
    container = Container(
        "acd",
        env,
        engine.resources,
        env_from_pod={"ACD_NODE": "metadata.name"},
        ports={"http": (ACD_PORT, "TCP")},
        ready=http("/readyz", ACD_PORT),
        alive=http("/healthz", ACD_PORT),
    )
    return Pod("acd", [container], placement=engine.placement)


def _dialer_pod(instance: Instance) -> Pod:
    single = instance.spec.dialer
    env: dict[str, Value] = {
        **Wiring(instance).database_env(),
        "DIALER_LISTEN": ANYWHERE,
        "DIALER_PORT": DIALER_PORT,
    }
    container = Container(
        "dialer",
        env,
        single.resources,
        ports={"http": (DIALER_PORT, "TCP")},
        ready=http("/readyz", DIALER_PORT),
        alive=http("/healthz", DIALER_PORT),
    )
    return Pod("dialer", [container], placement=single.placement)
