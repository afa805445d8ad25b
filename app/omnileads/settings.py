"""Settings of every process, read once from the environment at start.

A topic is one model; its variables are `<TOPIC>_<FIELD>`, so `postgres.pool_size` is `POSTGRES_POOL_SIZE`. A process
reads only the topics it uses (`Settings` for the web application, `AcdSettings` for the call engine, ...), so no
container is handed a secret it has no use for. No secret has a default. `oml settings-reference` prints the page
`docs/settings.md` from the descriptions below.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=1, le=65535)]
Secret = Annotated[SecretStr, Field(min_length=8)]


def _listed(text: str) -> list[str]:
    """The parts of a comma-separated list."""
    return [part.strip() for part in text.split(",") if part.strip()]


_PACKAGE = Path(__file__).resolve().parent


class SettingsError(Exception):
    """The environment does not describe a runnable process; the text names each variable and what is wrong."""


class Topic(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class OmlTopic(Topic):
    instance: str = Field(
        default="omnileads",
        pattern=r"^[a-z0-9][a-z0-9-]{0,38}$",
        description="Name of this installation; it appears in every log line and in container names.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log level that is written."
    )


class PostgresTopic(Topic):
    host: str = Field(description="Address of PostgreSQL.")
    port: Port = Field(default=5432, description="TCP port of PostgreSQL.")
    database: str = Field(default="omnileads", description="Name of the database.")
    user: str = Field(default="omnileads", description="Database role of the application.")
    password: Secret = Field(description="Password of the database role.")
    pool_size: int = Field(default=20, ge=1, le=200, description="Connections each process keeps open.")
    pool_overflow: int = Field(default=20, ge=0, le=200, description="Connections each process may add under load.")
    pool_wait_seconds: int = Field(
        default=5, ge=1, le=60, description="Longest wait for a free connection, in seconds."
    )
    connect_timeout_seconds: int = Field(default=5, ge=1, le=60, description="Longest wait to connect, in seconds.")
    statement_timeout_seconds: int = Field(
        default=30, ge=1, le=3600, description="A statement that runs longer is cancelled, in seconds."
    )


class RedisTopic(Topic):
    host: str = Field(description="Address of Redis.")
    port: Port = Field(default=6379, description="TCP port of Redis.")
    password: Secret = Field(description="Password of Redis.")
    database: int = Field(default=0, ge=0, le=15, description="Database number; 1 holds Kamailio's locations.")
    timeout_seconds: float = Field(
        default=5.0, gt=0, le=60, description="Longest wait to connect and for one answer, in seconds."
    )
    sentinels: str = Field(
        default="",
        pattern=r"^([^\s,:]+:[0-9]{1,5}(,|$))*$",
        description="Comma-separated `host:port` of Sentinels, who know the master; empty: `REDIS_HOST` is it.",
    )
    sentinel_master: str = Field(default="omnileads", description="Name of the master that the Sentinels watch.")
    acknowledged_by: int = Field(
        default=0,
        ge=0,
        le=2,
        description="Replicas that must have an event of the call engine before it counts as written.",
    )


class AppTopic(Topic):
    listen: str = Field(default="127.0.0.1", description="Address the application listens on.")
    port: Port = Field(default=8000, description="TCP port the application listens on.")
    public_url: AnyHttpUrl = Field(description="Address people type in the browser; websockets must come from it.")
    internal_token: Secret = Field(description="Shared with asterisk-sync, which fetches Asterisk files with it.")
    internal_token_previous: Secret | None = Field(
        default=None,
        description="The one before a change: it opens nothing, but tokens of `/api/v1` made with it stay.",
    )
    forwarded_allow_ips: str = Field(
        default="127.0.0.1", description="Comma-separated addresses of proxies whose X-Forwarded-For is believed."
    )
    request_threads: int = Field(
        default=40, ge=4, le=400, description="Requests handled at the same time; each may hold a database connection."
    )
    console_directory: Path = Field(
        default=_PACKAGE.parent / "web" / "dist", description="Folder of the built web console."
    )


class RecordingsTopic(Topic):
    directory: Path = Field(
        default=Path("/var/spool/omnileads/recordings"),
        description="Folder of the call recordings, with one folder for each day.",
    )
    store: Literal["volume", "s3"] = Field(
        default="volume",
        description="Where recordings are kept: `volume` is that folder, `s3` the bucket of `BUCKET_NAME`.",
    )


class BucketTopic(Topic):
    """The bucket of recordings, where `RECORDINGS_STORE` is `s3`. It must exist."""

    url: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?)?$",
        description="Address of the S3 service, without the bucket, as in `https://s3.eu-west-1.amazonaws.com`.",
    )
    region: str = Field(default="us-east-1", pattern=r"^[A-Za-z0-9-]{1,63}$", description="Region of the bucket.")
    name: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$", description="Name of the bucket.")
    prefix: str = Field(
        default="recordings",
        pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$",
        description="Folder in the bucket.",
    )
    access_key: str = Field(default="", pattern=r"^\S*$", description="Access key of the bucket.")
    secret_key: SecretStr | None = Field(default=None, description="Secret key of the bucket.")
    secret_key_file: Path | None = Field(
        default=None, description="File with the secret key, instead of `BUCKET_SECRET_KEY`."
    )
    path_style: bool = Field(
        default=True, description="Whether the bucket stands in the path of addresses, not in the name of the host."
    )
    verify_tls: bool = Field(default=True, description="Whether the certificate of the service must be good.")
    ca_file: Path | None = Field(
        default=None, description="File with the authority (PEM) that signed that certificate, where it is your own."
    )

    def problems(self) -> list[str]:
        """One sentence for each variable without which the bucket cannot be used."""
        found = [f"{variable('bucket', name)} is not set; RECORDINGS_STORE=s3 needs it." for name in self._absent()]
        if self.secret_key is None and self.secret_key_file is None:
            found.append("BUCKET_SECRET_KEY (or BUCKET_SECRET_KEY_FILE) is not set; RECORDINGS_STORE=s3 needs it.")
        if self.secret_key is not None and self.secret_key_file is not None:
            found.append("BUCKET_SECRET_KEY and BUCKET_SECRET_KEY_FILE are both set; set one of them.")
        for name, path in (("secret_key_file", self.secret_key_file), ("ca_file", self.ca_file)):
            if path is not None and not _is_readable(path):
                found.append(f"{variable('bucket', name)} is not accepted: {path} cannot be read.")
        return found

    def _absent(self) -> list[str]:
        return [name for name in ("url", "name", "access_key") if not getattr(self, name)]

    def secret(self) -> str:
        """The secret key. Raises OSError."""
        if self.secret_key_file is not None:
            return self.secret_key_file.read_text(encoding="utf-8").strip()
        return self.secret_key.get_secret_value() if self.secret_key else ""


def _is_readable(path: Path) -> bool:
    try:
        return bool(path.read_bytes())
    except OSError:
        return False


class UploaderTopic(Topic):
    listen: str = Field(default="127.0.0.1", description="Address of the uploader's health and metrics.")
    port: Port = Field(default=8004, description="TCP port of the uploader's health and metrics.")
    threads: int = Field(default=4, ge=1, le=32, description="Recordings moved to the bucket at the same time.")


class ContactsTopic(Topic):
    import_megabytes: int = Field(
        default=300, ge=1, le=4096, description="Largest file of contacts or do-not-call numbers, in MB."
    )


class SessionTopic(Topic):
    cookie_age: int = Field(
        default=3600, ge=60, le=604800, description="A web session ends after this long without a request, in seconds."
    )


class TokenTopic(Topic):
    expired_after_seconds: int = Field(
        default=3600,
        ge=60,
        le=31_536_000,
        description="Life of a token of `/api/v1`, in seconds; use does not prolong it.",
    )


class CustomTopic(Topic):
    """What pages of other origins, such as a CRM in the browser, may ask `/api/v1`."""

    cors_allowed_origins: str = Field(
        default="",
        pattern=r"^(\s*(https?://[^\s,/*]+)\s*(,|$))*$",
        description="Comma-separated origins whose pages may use `/api/v1`, as in `https://crm.example.com`.",
    )
    cors_allow_headers: str = Field(
        default="authorization,content-type,accept-language",
        pattern=r"^[A-Za-z0-9,\s-]*$",
        description="Comma-separated request headers those pages may send.",
    )

    def origins(self) -> list[str]:
        return _listed(self.cors_allowed_origins)

    def headers(self) -> list[str]:
        return _listed(self.cors_allow_headers)


class LoginTopic(Topic):
    failure_limit: int = Field(
        default=10, ge=1, le=1000, description="Failed sign-ins in a row after which an account is locked."
    )


class SipTopic(Topic):
    realm: str = Field(default="omnileads", description="SIP realm the webphones authenticate in.")
    ephemeral_secret: Secret = Field(description="Shared with Kamailio; signs the webphones' temporary passwords.")


class EphemeralTopic(Topic):
    user_ttl: int = Field(
        default=28800, ge=60, le=604800, description="Life of a webphone's temporary password, in seconds."
    )


class AcdTopic(Topic):
    listen: str = Field(default="127.0.0.1", description="Address of the call engine's health and metrics.")
    port: Port = Field(default=8001, description="TCP port of the call engine's health and metrics.")
    unavailable_logout_seconds: int = Field(
        default=300, ge=5, description="An agent without webphone for this long is logged out, in seconds."
    )
    lost_asterisk_seconds: int = Field(
        default=60, ge=5, description="The calls of an Asterisk that is away for this long have ended, in seconds."
    )
    node: str = Field(
        default="", description="Name under which this engine holds the right to work; empty = the host's name."
    )


class DialerTopic(Topic):
    listen: str = Field(default="127.0.0.1", description="Address of the dialer's health and metrics.")
    port: Port = Field(default=8002, description="TCP port of the dialer's health and metrics.")


class WorkerTopic(Topic):
    listen: str = Field(default="127.0.0.1", description="Address of the worker's health and metrics.")
    port: Port = Field(default=8003, description="TCP port of the worker's health and metrics.")
    job_threads: int = Field(default=4, ge=1, le=64, description="Background jobs that run at the same time.")


class MailTopic(Topic):
    host: str = Field(default="", description="Address of the mail server; empty = no e-mail is sent.")
    port: Port = Field(default=587, description="TCP port of the mail server.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="`starttls` (usual on 587), `tls` from the start (465), or `none`."
    )
    user: str = Field(default="", description="User of the mail server; empty = without signing in.")
    password: SecretStr | None = Field(default=None, description="Password of that user.")
    sender: str = Field(
        default="", pattern=r"^[^\r\n]*$", description="Address messages come from; empty = `MAIL_USER`."
    )


class AsteriskTopic(Topic):
    host: str = Field(
        min_length=1,
        pattern=r"^[^\s/]+$",
        description="Comma-separated addresses of Asterisk, or names that stand for one or several addresses.",
    )
    ari_port: Port = Field(default=8088, description="TCP port of Asterisk's REST interface.")
    ari_user: str = Field(default="omnileads", description="User of Asterisk's REST interface.")
    ari_password: Secret = Field(description="Password of Asterisk's REST interface.")

    def hosts(self) -> list[str]:
        """Each name or address."""
        return _listed(self.host)


class TrunkPortsTopic(Topic):
    """The part of Asterisk's settings that administrators must tell their providers."""

    sip_trunk_port: Port = Field(default=5161, description="UDP port of Asterisk for trunks without NAT.")
    sip_trunk_nat_port: Port = Field(default=5162, description="UDP port of Asterisk for trunks behind NAT.")
    sip_trunk_container_port: Port = Field(default=5163, description="UDP port of Asterisk for a PBX on its own host.")


class OutgoingTopic(Topic):
    allowed_hosts: str = Field(
        default="",
        description="Comma-separated internal hosts (a CRM on the LAN) that requests to web services may go to.",
    )

    def hosts(self) -> frozenset[str]:
        """The hosts, in small letters."""
        return frozenset(host.strip().lower() for host in self.allowed_hosts.split(",") if host.strip())


class KamailioTopic(Topic):
    host: str = Field(description="Address of Kamailio, where agents' webphones are registered.")
    sip_port: Port = Field(default=5060, description="UDP port of Kamailio towards Asterisk.")


class ProcessSettings(BaseSettings):
    """What every process needs: its name."""

    model_config = SettingsConfigDict(
        env_nested_delimiter="_", env_nested_max_split=1, env_ignore_empty=True, frozen=True, extra="ignore"
    )
    process: ClassVar[str] = "process"

    oml: OmlTopic = OmlTopic()


class PlatformSettings(ProcessSettings):
    """What nearly every process needs besides: the database, Redis."""

    process: ClassVar[str] = "platform"

    postgres: PostgresTopic
    redis: RedisTopic


class KeepsRecordings(ProcessSettings):
    """What a process that reads or moves recordings needs besides."""

    process: ClassVar[str] = "recordings"

    recordings: RecordingsTopic = RecordingsTopic()
    bucket: BucketTopic = BucketTopic()

    @model_validator(mode="after")
    def _bucket_is_complete(self) -> Self:
        problems = self.bucket.problems() if self.recordings.store == "s3" else []
        if problems:
            raise ValueError("\n".join(problems))
        return self


class Settings(KeepsRecordings, PlatformSettings):
    """The web application: console, API, websockets."""

    process: ClassVar[str] = "app"

    app: AppTopic
    session: SessionTopic = SessionTopic()
    login: LoginTopic = LoginTopic()
    token: TokenTopic = TokenTopic()
    custom: CustomTopic = CustomTopic()
    sip: SipTopic
    ephemeral: EphemeralTopic = EphemeralTopic()
    asterisk: TrunkPortsTopic = TrunkPortsTopic()
    outgoing: OutgoingTopic = OutgoingTopic()
    contacts: ContactsTopic = ContactsTopic()


class WorkerSettings(KeepsRecordings, PlatformSettings):
    """Background jobs and the writer of events."""

    process: ClassVar[str] = "worker"

    worker: WorkerTopic = WorkerTopic()
    mail: MailTopic = MailTopic()
    outgoing: OutgoingTopic = OutgoingTopic()


class UploaderSettings(KeepsRecordings):
    """Beside an Asterisk: moves its recordings to the bucket. It knows neither database nor Redis."""

    process: ClassVar[str] = "uploader"

    uploader: UploaderTopic = UploaderTopic()


class RecordingsSettings(KeepsRecordings, PlatformSettings):
    """`oml recordings`: where recordings are and the rows that name them."""


class AcdSettings(PlatformSettings):
    """The call engine."""

    process: ClassVar[str] = "acd"

    acd: AcdTopic = AcdTopic()
    asterisk: AsteriskTopic
    kamailio: KamailioTopic
    outgoing: OutgoingTopic = OutgoingTopic()


class DialerSettings(PlatformSettings):
    """The outbound dialer."""

    process: ClassVar[str] = "dialer"

    dialer: DialerTopic = DialerTopic()


PROCESSES: tuple[type[ProcessSettings], ...] = (
    Settings,
    WorkerSettings,
    UploaderSettings,
    AcdSettings,
    DialerSettings,
)

S = TypeVar("S", bound=ProcessSettings)


def read(kind: type[S]) -> S:
    """Read `kind` from the environment. Raises SettingsError with one sentence for each variable that is wrong."""
    try:
        return kind()
    except ValidationError as error:
        raise SettingsError("\n".join(_sentences(kind, error))) from None


def _sentences(kind: type[ProcessSettings], error: ValidationError) -> list[str]:
    sentences: list[str] = []
    for problem in error.errors(include_input=False, include_url=False):
        if not problem["loc"]:
            sentences.append(str(problem["ctx"]["error"]))
            continue
        topic, *rest = (str(part) for part in problem["loc"])
        missing = problem["type"] == "missing"
        fields = rest[:1] or [name for name, field in topic_fields(kind, topic).items() if field.is_required()]
        for field in fields:
            what = "is not set" if missing else f"is not accepted: {problem['msg']}"
            sentences.append(f"{variable(topic, field)} {what}.")
    return sentences


def variable(topic: str, field: str) -> str:
    """Environment variable of a field, e.g. ("postgres", "pool_size") -> POSTGRES_POOL_SIZE."""
    return f"{topic}_{field}".upper()


def topic_fields(kind: type[ProcessSettings], topic: str) -> dict[str, FieldInfo]:
    """Fields of one topic of `kind`, by name."""
    model = kind.model_fields[topic].annotation
    if not (isinstance(model, type) and issubclass(model, Topic)):
        raise TypeError(f"{kind.__name__}.{topic} is not a topic")
    return dict(model.model_fields)
