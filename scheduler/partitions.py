"""What is handed to nodes: groups of sites that share no host with another group. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from seeds.models import Site


@dataclass(frozen=True, slots=True)
class Partition:
    """Sites that are crawled by one node at a time, with all their hosts. ``key`` names it as long as seeds stay."""

    key: str
    sites: tuple[str, ...]
    hosts: tuple[str, ...]


def split_sites(sites: Mapping[str, Site]) -> tuple[Partition, ...]:
    """As many partitions as can be had: two sites are in one when they share a host, or each does with a third."""
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while leader.setdefault(name, name) != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for key, site in sites.items():
        for host in site.hosts:
            leader[find(f"host {host.lower()}")] = find(f"site {key}")
    groups: dict[str, list[str]] = {}
    for key in sorted(sites):
        groups.setdefault(find(f"site {key}"), []).append(key)
    return tuple(
        Partition(keys[0], tuple(keys), tuple(sorted({host.lower() for key in keys for host in sites[key].hosts})))
        for keys in groups.values()
    )


def share_allowance(partitions: tuple[Partition, ...], due: Mapping[str, int], allowance: int) -> dict[str, int]:
    """How many articles each partition may fetch: half of ``allowance`` by what is due (pages by site), half alike.

    What a list will bring is not known before it is walked, so that nobody is left without.
    """
    wanted = {one.key: sum(due.get(key, 0) for key in one.sites) for one in partitions}
    total = sum(wanted.values())
    alike = allowance / len(partitions) if partitions else 0.0
    return {
        key: max(1, round(alike if total == 0 else alike / 2 + allowance / 2 * count / total))
        for key, count in wanted.items()
    }
