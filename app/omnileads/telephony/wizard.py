"""Reading of PJSIP wizard text as administrators write it for a trunk.

`check(text)` returns the settings, or every problem with its line number. Nothing else of the platform parses this
text, and nothing that has not passed here is written to a file that Asterisk reads: the text ends up inside a
configuration file, so whatever could leave its own section (section heads, `#include`, block comments, control
characters) or reach beyond a trunk (dialplan contexts, channel functions, files) is refused.

The known keys are those of res_pjsip_config_wizard and res_pjsip of Asterisk 22.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from omnileads.telephony import wizard_keys

MAX_LINES: Final = 200
MAX_LINE_LENGTH: Final = 400

_KEY = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)?")
_PLACEHOLDER = re.compile(r"\*{2,}[^*]*\*{2,}")
_HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


@dataclass(frozen=True, slots=True)
class Setting:
    """One `key=value`, where it stands (`line` counts from 1)."""

    line: int
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text is refused. `line` 0 means the text as a whole.

    `code` says the kind of problem, for who says it in another language: what is quoted in `message` is then what
    the text itself holds or should hold.
    """

    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True, slots=True)
class Reading:
    """Settings in their order, and the problems; the text may be used only without problems."""

    settings: tuple[Setting, ...]
    problems: tuple[Problem, ...]


def check(text: str) -> Reading:
    """Read wizard text, whatever its line ends are, and judge every line and the whole."""
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_LINES:
        return Reading(
            (), (Problem(MAX_LINES + 1, "too-many-lines", f"more than {MAX_LINES} lines; a trunk needs far fewer."),)
        )
    settings: list[Setting] = []
    problems: list[Problem] = []
    for number, raw in enumerate(lines, start=1):
        try:
            setting = _read_line(number, raw)
        except RefusedLineError as refused:
            problems.append(refused.at(number))
            continue
        if setting is not None:
            settings.append(setting)
    problems += _duplicates(settings)
    for setting in settings:
        try:
            _check_value(setting)
        except RefusedLineError as refused:
            problems.append(refused.at(setting.line))
    if not problems:
        problems += _incomplete(settings)
    return Reading(tuple(settings), tuple(sorted(problems, key=lambda problem: problem.line)))


class RefusedLineError(Exception):
    """A line is not acceptable. `code` and `message` as in Problem."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def at(self, line: int) -> Problem:
        return Problem(line, self.code, str(self))


def refuse_unreadable(raw: str, longest: int) -> None:
    """Raise RefusedLineError for a line nobody can read: longer than that, or with invisible characters."""
    if len(raw) > longest:
        raise RefusedLineError("line-too-long", f"longer than {longest} characters.")
    if _INVISIBLE.search(raw):
        raise RefusedLineError("invisible-character", "contains an invisible control character; type the line again.")


def _read_line(number: int, raw: str) -> Setting | None:
    """One line as a setting; None when it is blank or a comment. Raises RefusedLineError with the reason."""
    refuse_unreadable(raw, MAX_LINE_LENGTH)
    line = raw.strip()
    _refuse_structure(line)
    if not line or line.startswith(";"):
        return None
    key, separator, value = (part.strip() for part in line.partition("="))
    if not separator:
        raise RefusedLineError("no-setting", 'write it as "key=value".')
    if not _KEY.fullmatch(key) or value.startswith(">"):
        raise RefusedLineError(
            "key-form", 'write it as "key=value", the key in small letters, as in "endpoint/allow=alaw".'
        )
    _refuse_written_value(key, value)
    return Setting(number, key, value)


def _refuse_structure(line: str) -> None:
    """Refuse what could leave the trunk's section of the file."""
    if line.startswith(";--"):
        raise RefusedLineError("block-comment", '";--" opens a block comment; start comments with a single ";".')
    if line.startswith("#"):
        raise RefusedLineError("include", "files cannot be included or programs run from here.")
    if line.startswith("["):
        raise RefusedLineError("section-head", "leave the section head out; it is made from the trunk's name.")


def _refuse_written_value(key: str, value: str) -> None:
    if not value:
        raise RefusedLineError("no-value", f'"{key}" has no value.')
    placeholder = _PLACEHOLDER.search(value)
    if placeholder:
        raise RefusedLineError(
            "placeholder", f'replace "{placeholder.group()}" by the value your provider or PBX gave you.'
        )
    if re.search(r"(?<!\\);", value):
        raise RefusedLineError("semicolon", r'";" starts a comment for Asterisk; inside a value write "\;".')


def _duplicates(settings: Iterable[Setting]) -> list[Problem]:
    first: dict[str, int] = {}
    problems: list[Problem] = []
    for setting in settings:
        seen = first.setdefault(setting.key, setting.line)
        if seen != setting.line and setting.key not in wizard_keys.REPEATABLE:
            problems.append(Problem(setting.line, "repeated", f'"{setting.key}" is already set in line {seen}.'))
    return problems


def _check_value(setting: Setting) -> None:
    """Raise RefusedLineError for a key or a value that a trunk must not have."""
    section, _, name = setting.key.rpartition("/")
    known = wizard_keys.KEYS.get(section)
    if known is None:
        sections = ", ".join(sorted(part for part in wizard_keys.KEYS if part))
        raise RefusedLineError("unknown-part", f'"{section}/" is not a part of a trunk; known are {sections}.')
    reason = wizard_keys.REFUSED.get(setting.key)
    if reason:
        raise RefusedLineError("refused-key", f'"{setting.key}" cannot be set here: {reason}')
    if name not in known:
        raise RefusedLineError("unknown-key", f'"{setting.key}" is not a setting that Asterisk knows for a trunk.')
    _check_by_rule(setting)


def _check_by_rule(setting: Setting) -> None:
    allowed = wizard_keys.CHOICES.get(setting.key)
    if allowed is not None and setting.value not in allowed:
        raise RefusedLineError("choice", f'"{setting.key}" must be {_either(allowed)}.')
    if setting.key in wizard_keys.YES_NO and setting.value.lower() not in ("yes", "no", "true", "false"):
        raise RefusedLineError("yes-no", f'"{setting.key}" must be "yes" or "no".')
    if setting.key in wizard_keys.NUMBERS and not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", setting.value):
        raise RefusedLineError("number", f'"{setting.key}" must be a number.')
    special = _SPECIAL.get(setting.key)
    if special is not None:
        special(setting.value)


def _either(values: Iterable[str]) -> str:
    quoted = [f'"{value}"' for value in values]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def _check_hosts(value: str) -> None:
    for host in value.split(","):
        if not _is_host_with_port(host.strip()):
            message = f'"{host.strip()}" is not an address; write "host" or "host:port", several separated by commas.'
            raise RefusedLineError("host", message)


def _is_host_with_port(text: str) -> bool:
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::([0-9]{1,5}))?", text)
    plain = re.fullmatch(r"([^:\[\]]+)(?::([0-9]{1,5}))?", text)
    match = bracketed or plain
    if match is None:
        return False
    host, port = match.group(1), match.group(2)
    if port is not None and not 1 <= int(port) <= 65535:
        return False
    if bracketed:
        return _is_address(host, ipaddress.IPv6Address)
    if re.fullmatch(r"[0-9.]+", host):
        return _is_address(host, ipaddress.IPv4Address)
    return len(host) <= 253 and all(_HOST_LABEL.fullmatch(label) for label in host.rstrip(".").split("."))


def _is_address(text: str, kind: type[ipaddress.IPv4Address] | type[ipaddress.IPv6Address]) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


def _check_codecs(value: str) -> None:
    for codec in value.split(","):
        name = codec.strip().lstrip("!")
        if name not in wizard_keys.CODECS:
            known = ", ".join(sorted(wizard_keys.CODECS))
            raise RefusedLineError("codec", f'"{codec.strip()}" is not a codec; known are {known}.')


_SPECIAL: Final[dict[str, Callable[[str], None]]] = {
    "remote_hosts": _check_hosts,
    "endpoint/allow": _check_codecs,
    "endpoint/disallow": _check_codecs,
}


def _incomplete(settings: Iterable[Setting]) -> list[Problem]:
    """What the whole text lacks. Called only when every line is right."""
    values = {setting.key: setting.value for setting in settings}
    missing = [key for key in ("type", "transport", "endpoint/context") if key not in values]
    problems = [
        Problem(0, "missing-key", f'"{key}" is missing; add the line "{key}={wizard_keys.EXAMPLES[key]}".')
        for key in missing
    ]
    is_on = {key: values.get(key, "no").lower() in ("yes", "true") for key in wizard_keys.SWITCHES}
    if "remote_hosts" not in values and not is_on["accepts_registrations"]:
        problems.append(
            Problem(0, "missing-hosts", '"remote_hosts" is missing; add the address of the other side, "host:port".')
        )
    for switch, section in (("sends_auth", "outbound_auth"), ("accepts_auth", "inbound_auth")):
        for name in ("username", "password"):
            if is_on[switch] and f"{section}/{name}" not in values:
                problems.append(Problem(0, "missing-login", f'"{switch}=yes" needs "{section}/{name}".'))
    if is_on["accepts_registrations"] and not is_on["accepts_auth"]:
        problems.append(
            Problem(
                0, "open-registration", '"accepts_registrations=yes" needs "accepts_auth=yes": anyone could register.'
            )
        )
    return problems
