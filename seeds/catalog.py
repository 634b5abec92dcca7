"""Loads and checks the seed files: which sites and columns to watch. One TOML file a site, named after its key."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from seeds.faults import Fault, locate_key, read_faults
from seeds.models import Column, Site

__all__ = ["Catalog", "CatalogError", "Column", "Fault", "Site", "check_files", "load_catalog", "load_site"]


@dataclass(frozen=True, slots=True)
class Catalog:
    """All sites by key, in the order of their keys."""

    sites: Mapping[str, Site]

    def choose_sites(self, keys: Sequence[str]) -> "Catalog":
        """The catalog of the named sites, or the whole one when none is named.

        Raises:
            CatalogError: a key that no seed file has.
        """
        return self.pick_sites(keys) if keys else self

    def pick_sites(self, keys: Iterable[str]) -> "Catalog":
        """The catalog of the named sites only.

        Raises:
            CatalogError: a key that no seed file has.
        """
        wanted = list(keys)
        if unknown := [key for key in wanted if key not in self.sites]:
            known = ", ".join(self.sites)
            raise CatalogError(tuple(Fault(None, None, "key", f"no site {key!r}", known) for key in unknown))
        return Catalog(MappingProxyType({key: self.sites[key] for key in wanted}))


class CatalogError(Exception):
    """Seed files that cannot be used; ``faults`` are all of them, the message has one line for each."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def load_catalog(directory: Path) -> Catalog:
    """All seed files (``*.toml``) of a folder.

    Raises:
        CatalogError: no such folder, no seed file in it, or a fault in one of them.
    """
    if not directory.is_dir():
        raise CatalogError((Fault(directory, None, "", "no such folder", "a folder of seed files (SEEDS_DIR)"),))
    paths = sorted(directory.glob("*.toml"))
    if not paths:
        raise CatalogError((Fault(directory, None, "", "no seed file in this folder", "at least one KEY.toml"),))
    sites = [_read_site(path) for path in paths]
    if faults := [fault for site in sites if not isinstance(site, Site) for fault in site]:
        raise CatalogError(tuple(faults))
    return Catalog(MappingProxyType({site.key: site for site in sites if isinstance(site, Site)}))


def load_site(path: Path) -> Site:
    """One seed file.

    Raises:
        CatalogError: the file's faults.
    """
    site = _read_site(path)
    if not isinstance(site, Site):
        raise CatalogError(tuple(site))
    return site


def check_files(paths: Iterable[Path]) -> list[Fault]:
    """All faults of all files, in the order of the files and of the lines in them; none when all is well."""
    found: list[Fault] = []
    for path in paths:
        site = _read_site(path)
        found.extend([] if isinstance(site, Site) else site)
    return found


def _read_site(path: Path) -> Site | list[Fault]:
    """The site in a file, or the file's faults."""
    text = ""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        values = tomllib.loads(text)
    except OSError as error:
        return [Fault(path, None, "", f"cannot be read: {error.strerror}", "a readable file")]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return [Fault(path, line, "", f"byte {error.object[error.start]:#04x} is not UTF-8", "a file in UTF-8")]
    except tomllib.TOMLDecodeError as error:
        return [Fault.of_syntax(path, text, str(error))]
    faults: list[Fault] = []
    site = None
    try:
        site = Site.model_validate(values)
    except ValidationError as error:
        faults = read_faults(path, text, error)
    if values.get("key") != path.stem and isinstance(values.get("key"), str):
        faults.append(
            Fault(path, locate_key(text, ("key",)), "key", f"{values['key']!r} is not the file's name", repr(path.stem))
        )
    return sorted(faults, key=lambda fault: fault.line or 0) if faults or site is None else site
