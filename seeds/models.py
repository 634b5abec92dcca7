"""What a seed file says, as frozen models. The contract is the schema here: a key that is not named is a fault."""

import re
from typing import Annotated, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

Kind = Literal["提案", "建议", "建议提案"]
Level = Literal["国家", "省", "市", "区县"]
Cms = Literal[
    "auto",
    "trs",
    "ucap",
    "hanweb",
    "jpaas",
    "vsb",
    "gkmlpt",
    "zhengzhou",
    "shanghai",
    "hebei",
    "henan",
    "anhui",
    "ylcms",
    "sudy",
    "numbered",
    "generic",
]
Tls = Literal["default", "p256", "legacy", "insecure"]
CMS_NAMES: tuple[str, ...] = get_args(Cms)
KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
HOST = re.compile(r"(?:[^\s/:@?#\[\]]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
DEFAULT_PORTS = {"http": 80, "https": 443}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def check_key(key: str) -> str:
    """A site's key: it is a file name and an argument of commands."""
    if not KEY.fullmatch(key):
        raise PydanticCustomError("key", "no key", {"allowed": "lower-case letters, digits, - and _"})
    return key


def check_host(host: str) -> str:
    """An entry of the allow-list, in lower case."""
    found = HOST.fullmatch(host.lower())
    if not found or (found[1] and not 0 < int(found[1]) < 65536):  # noqa: PLR2004 - the highest port is 65535
        raise PydanticCustomError("host", "no host", {"allowed": "host or host:port, without scheme and path"})
    return host.lower()


def check_url(url: str) -> str:
    """A column's address: absolute, http or https. A fragment may stay; some sites name the list in it."""
    try:
        is_good = urlsplit(url).scheme in DEFAULT_PORTS and bool(host_of(url)) and not re.search(r"\s", url)
    except ValueError:
        is_good = False
    if not is_good:
        raise PydanticCustomError("url", "no web address", {"allowed": "http://… or https://…"})
    return url


def host_of(url: str) -> str:
    """Host of a URL as it stands in ``hosts``: lower case, with the port unless it is the scheme's own."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else (parts.hostname or "")
    return host if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


class Model(BaseModel):
    """Frozen, strict about types, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Column(Model):
    """A list of replies. ``name`` defaults to the kind; ``cms`` overrides the site's."""

    kind: Kind
    url: Annotated[Text, AfterValidator(check_url)]
    name: Text = ""
    cms: Cms | None = None

    @model_validator(mode="after")
    def fill_name(self) -> Self:
        """Take the kind as the name where there is none."""
        if not self.name:
            object.__setattr__(self, "name", self.kind)
        return self

    @property
    def key(self) -> str:
        """What the column is called in records: its name. Stable while the name is; unique within the site."""
        return self.name


class Site(Model):
    """A site to watch. ``delay`` is in seconds between two requests to one host, None for the crawler's default.

    ``tls`` is the profile for all its hosts: ``p256`` narrows the curves with verification on; ``legacy`` allows old
    renegotiation; ``insecure`` does not verify. The last two are the operator's explicit choice.
    """

    key: Annotated[str, AfterValidator(check_key)]
    name: Text
    hosts: Annotated[tuple[Annotated[Text, AfterValidator(check_host)], ...], Field(strict=False)]
    columns: Annotated[tuple[Column, ...], Field(strict=False)]
    level: Level | None = None
    region: Text | None = None
    agency: Text | None = None
    site_id_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{10,12}$")] | None = None
    cms: Cms = "auto"
    verified: bool = False
    delay: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] | None = None
    tls: Tls = "default"

    @field_validator("hosts", "columns", mode="before")
    @classmethod
    def refuse_scalars(cls, value: object) -> object:
        """Lists only, and not empty: a lone text is no list of texts."""
        if not isinstance(value, list | tuple):
            raise PydanticCustomError("list_type", "no list")
        if not value:
            raise PydanticCustomError("empty", "empty", {"allowed": "at least one"})
        return value

    @model_validator(mode="after")
    def check_columns(self) -> Self:
        """Every column on a listed host; no name and no address twice."""
        problems: list[InitErrorDetails] = []
        for place, column in enumerate(self.columns):
            earlier = self.columns[:place]
            if host_of(column.url) not in self.hosts:
                problems.append(_fault(place, "url", f"host {host_of(column.url)!r} is not in hosts", self.hosts))
            if any(column.url == other.url for other in earlier):
                problems.append(
                    _fault(place, "url", "the same address as an earlier column's", ("one column an address",))
                )
            if any(column.name == other.name for other in earlier):
                problems.append(
                    _fault(place, "name", f"{column.name!r} is an earlier column's name", ("another name",))
                )
        if problems:
            raise ValidationError.from_exception_data("Site", problems)
        return self

    def cms_of(self, column: Column) -> str:
        """The family a column is read as."""
        return column.cms or self.cms


def _fault(place: int, key: str, message: str, allowed: tuple[str, ...]) -> InitErrorDetails:
    error = PydanticCustomError("column", "{problem}", {"problem": message, "allowed": ", ".join(allowed)})
    return InitErrorDetails(type=error, loc=("columns", place, key), input=None)
