"""The configuration of a whole process: one frozen value, from ``replywatch.toml`` and the environment.

The environment wins over the file. In the file, keys are lower case and have no prefix, and paths are relative to the
file; in the environment they are upper case with the prefix ``REPLYWATCH_``, and paths are relative to the working
folder.
"""

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from storage.clock import Clock, format_instant, parse_instant
from storage.comparison.signals import SIGNALS
from storage.subscriptions import TABLE, Subscriber, SubscriptionError, read_subscribers

PREFIX = "REPLYWATCH_"
FILE = "replywatch.toml"
DAILY_BUDGET, HOST_BUDGET = 5000, 500  # requests a day, in all and to one site
SILENCE_HOURS = 72  # three days: a laptop that is closed over the weekend is no incident
DISK_LOW_MB = 1000  # megabytes, as much as one file of the archive
LAST_PORT = 65535
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class ConfigurationError(Exception):
    """A setting is wrong; the message names it, says where it stands and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What an operator can set; see the README's chapter on operation for each key."""

    data_dir: Path = Path("data")
    database_url: str = ""
    contact: str = ""
    cluster: bool = False
    allow_private_hosts: bool = False
    timezone: str = "Asia/Shanghai"
    seeds_dir: Path = Path("seeds")
    now: datetime | None = None
    robots_unauthorized: str = "allow"
    daily_budget: int = DAILY_BUDGET
    host_budget: int = HOST_BUDGET
    witness: str = ""
    daily_root: bool = False
    metrics_port: int = 0
    silence_hours: int = SILENCE_HOURS
    disk_low_mb: int = DISK_LOW_MB
    weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    subscribers: tuple[Subscriber, ...] = ()
    clock: Clock = field(default_factory=Clock)

    @property
    def archive_dir(self) -> Path:
        """Where the WARC files lie."""
        return self.data_dir / "archive"

    @property
    def zone(self) -> ZoneInfo:
        """The operator's time zone, in which days are counted and reports show times."""
        return ZoneInfo(self.timezone)

    @property
    def user_agent(self) -> str:
        """``replywatch/VERSION (+CONTACT)``."""
        return f"replywatch/{version('replywatch')}" + (f" (+{self.contact})" if self.contact else "")

    def child_environment(self) -> dict[str, str]:
        """The environment for a child process: the same configuration, starting at our present time."""
        return os.environ | {
            PREFIX + "DATA_DIR": str(self.data_dir.absolute()),
            PREFIX + "DATABASE_URL": self.database_url,
            PREFIX + "CONTACT": self.contact,
            PREFIX + "CLUSTER": str(self.cluster).lower(),
            PREFIX + "ALLOW_PRIVATE_HOSTS": str(self.allow_private_hosts).lower(),
            PREFIX + "TIMEZONE": self.timezone,
            PREFIX + "SEEDS_DIR": str(self.seeds_dir.absolute()),
            PREFIX + "ROBOTS_UNAUTHORIZED": self.robots_unauthorized,
            PREFIX + "DAILY_BUDGET": str(self.daily_budget),
            PREFIX + "HOST_BUDGET": str(self.host_budget),
            PREFIX + "WITNESS": self.witness,
            PREFIX + "DAILY_ROOT": str(self.daily_root).lower(),
            PREFIX + "SILENCE_HOURS": str(self.silence_hours),
            PREFIX + "DISK_LOW_MB": str(self.disk_low_mb),
            PREFIX + "NOW": format_instant(self.clock.now()),
        }


KEYS = tuple(name for name in Configuration.__dataclass_fields__ if name not in ("clock", "weights", TABLE))
WEIGHTS = "weights"  # a table, so in the file only


def load_configuration(
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Configuration:
    """Read ``folder/replywatch.toml`` if it exists, then the environment, then ``overrides`` (bare lower-case keys).

    Raises:
        ConfigurationError: a key is unknown or a value is not allowed.
    """
    environment = os.environ if environment is None else environment
    folder = Path() if folder is None else folder
    given: dict[str, tuple[object, str]] = {}
    for key, value in read_file(folder / FILE).items():
        given[key] = (folder / str(value) if key in ("data_dir", "seeds_dir") else value, f"{folder / FILE}: {key}")
    for key in KEYS:
        if (name := PREFIX + key.upper()) in environment:
            given[key] = (environment[name], name)
    for key, value in (overrides or {}).items():
        given[key] = (value, PREFIX + key.upper())
    try:
        subscribers = read_subscribers(given.pop(TABLE, ([], ""))[0], environment)
    except SubscriptionError as error:
        raise ConfigurationError(f"{folder / FILE}: {error}") from None
    return replace(build_configuration(given), subscribers=subscribers)


def read_file(path: Path) -> dict[str, object]:
    """The settings of a ``replywatch.toml``; empty when there is none.

    Raises:
        ConfigurationError: the file is no TOML, or holds a key that is not known or a value of a wrong type.
    """
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"{path}: {error}") from None
    for key in settings:
        check_name(key, (*KEYS, WEIGHTS, TABLE), f"{path}: {key} is no setting")
    for key, value in settings.items():
        if key not in (WEIGHTS, TABLE):
            check_type(key, value, f"{path}: {key}")
    return settings


def build_configuration(given: Mapping[str, tuple[object, str]]) -> Configuration:
    """Check raw values, each given with the name under which the operator knows it.

    Raises:
        ConfigurationError: a value is not allowed.
    """

    def text(key: str, default: str) -> str:
        return str(given[key][0]).strip() if key in given else default

    data_dir = Path(text("data_dir", "") or "data")
    now = read_instant(*given["now"]) if text("now", "") else None
    return Configuration(
        data_dir=data_dir,
        database_url=text("database_url", "") or f"sqlite:///{data_dir.absolute()}/replywatch.sqlite3",
        contact=text("contact", ""),
        cluster=read_boolean(*given.get("cluster", (False, ""))),
        allow_private_hosts=read_boolean(*given.get("allow_private_hosts", (False, ""))),
        timezone=read_timezone(*given.get("timezone", ("Asia/Shanghai", ""))),
        seeds_dir=Path(text("seeds_dir", "") or "seeds"),
        now=now,
        robots_unauthorized=read_choice(("allow", "deny"), *given.get("robots_unauthorized", ("allow", ""))),
        daily_budget=read_count(*given.get("daily_budget", (DAILY_BUDGET, ""))),
        host_budget=read_count(*given.get("host_budget", (HOST_BUDGET, ""))),
        witness=read_template(*given.get("witness", ("", ""))),
        daily_root=read_boolean(*given.get("daily_root", (False, ""))),
        metrics_port=read_port(*given.get("metrics_port", (0, ""))),
        silence_hours=read_count(*given.get("silence_hours", (SILENCE_HOURS, "")), least=0),
        disk_low_mb=read_count(*given.get("disk_low_mb", (DISK_LOW_MB, "")), least=0),
        weights=read_weights(*given.get(WEIGHTS, ({}, ""))),
        clock=Clock.starting_at(now),
    )


def check_name(name: str, known: Iterable[str], fault: str) -> None:
    """Refuse a name that is not known, with the nearest that is.

    Raises:
        ConfigurationError: it is not known.
    """
    names = list(known)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        raise ConfigurationError(
            f"{fault}; " + (f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}")
        )


def read_weights(value: object, name: str) -> Mapping[str, float]:
    """How much each reason of a change weighs, where the operator sees it otherwise than `storage.comparison.signals`.

    Raises:
        ConfigurationError: a reason is not known, or a weight is no number from 0 to 1.
    """
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{name}: use a table [weights] with a line a reason, such as deadline = 0.9")
    for code, weight in value.items():
        check_name(str(code), SIGNALS, f"{name}.{code} is no reason")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
            raise ConfigurationError(f"{name}.{code} = {weight}: use a number from 0 to 1")
    return MappingProxyType({str(code): float(weight) for code, weight in value.items()})


def check_type(key: str, value: object, name: str) -> None:
    """Refuse what is no text in a file: a number or a list would be taken for its own spelling.

    Raises:
        ConfigurationError: the value is neither a text nor what TOML has for this setting.
    """
    native = {
        "cluster": bool,
        "daily_root": bool,
        "allow_private_hosts": bool,
        "now": datetime,
        "host_budget": int,
        "daily_budget": int,
        "metrics_port": int,
        "silence_hours": int,
        "disk_low_mb": int,
    }.get(key, str)
    if not isinstance(value, str | native):
        raise ConfigurationError(f"{name}={value}: use a text in quotation marks")


def read_boolean(value: object, name: str) -> bool:
    """True or false in any of the usual spellings."""
    word = str(value).strip().lower()
    if word not in TRUE | FALSE:
        raise ConfigurationError(f"{name}={value}: use true or false")
    return word in TRUE


def read_count(value: object, name: str, least: int = 1) -> int:
    """A whole number from ``least`` on."""
    word = str(value).strip()
    if not word.isdecimal() or int(word) < least:
        raise ConfigurationError(f"{name}={value}: use a whole number, {least} or more")
    return int(word)


def read_template(value: object, name: str) -> str:
    """An address with ``{url}`` in it, or nothing."""
    word = str(value).strip()
    if word and not (word.startswith(("http://", "https://")) and "{url}" in word):
        raise ConfigurationError(f"{name}={word}: use an address such as https://web.archive.org/save/{{url}}")
    return word


def read_port(value: object, name: str) -> int:
    """A TCP port; 0 for none."""
    word = str(value).strip() or "0"
    if not word.isdecimal() or int(word) > LAST_PORT:
        raise ConfigurationError(f"{name}={value}: use a port, 1 to {LAST_PORT}")
    return int(word)


def read_choice(allowed: tuple[str, ...], value: object, name: str) -> str:
    """One of the allowed words."""
    if value not in allowed:
        raise ConfigurationError(f"{name}={value}: use one of {', '.join(allowed)}")
    return str(value)


def read_timezone(value: object, name: str) -> str:
    """An IANA time zone that this machine knows."""
    try:
        return ZoneInfo(str(value)).key
    except (KeyError, ValueError, OSError):
        raise ConfigurationError(f"{name}={value}: use an IANA time zone such as Asia/Shanghai") from None


def read_instant(value: object, name: str) -> datetime:
    """An ISO 8601 time with an offset."""
    try:
        return parse_instant(str(value))
    except ValueError:
        hint = "use a time with an offset such as 2026-03-02T09:00:00+08:00"
        raise ConfigurationError(f"{name}={value}: {hint}") from None
