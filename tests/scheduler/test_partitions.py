"""Groups of sites that share no host, and how an allowance is shared among them."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.partitions import share_allowance, split_sites
from seeds.models import Site

HOSTS = ("a.example.cn", "b.example.cn", "c.example.cn", "d.example.cn:8080", "e.example.cn")


def build_site(key: str, hosts: tuple[str, ...]) -> Site:
    """A site with a column on its first host."""
    column = {"kind": "提案", "url": f"http://{hosts[0]}/list/"}
    return Site.model_validate({"key": key, "name": key, "hosts": list(hosts), "columns": [column]})


def test_sites_of_one_host_stay_together() -> None:
    """Two sites that share a host are one partition, also when a third one links them; others stand alone."""
    sites = {
        "one": build_site("one", HOSTS[:1]),
        "two": build_site("two", HOSTS[1:2]),
        "link": build_site("link", HOSTS[:2]),
        "alone": build_site("alone", HOSTS[2:3]),
    }
    found = {part.key: part.sites for part in split_sites(sites)}
    assert found == {"alone": ("alone",), "link": ("link", "one", "two")}


@given(st.dictionaries(st.text("xyz", min_size=1, max_size=3), st.sets(st.sampled_from(HOSTS), min_size=1)))
def test_no_host_is_in_two_partitions(given_hosts: dict[str, set[str]]) -> None:
    """Whatever the seeds: each site is in one partition, with its hosts, and no host in two."""
    sites = {key: build_site(key, tuple(sorted(hosts))) for key, hosts in given_hosts.items()}
    parts = split_sites(sites)
    assert sorted(key for part in parts for key in part.sites) == sorted(sites)
    hosts = [host for part in parts for host in part.hosts]
    assert len(hosts) == len(set(hosts))
    for part in parts:
        assert {host for key in part.sites for host in sites[key].hosts} == set(part.hosts)


def test_what_is_due_gets_more() -> None:
    """Half by what is due, half alike: a site with nothing due can still take in what its list brings."""
    parts = split_sites({"a": build_site("a", HOSTS[:1]), "b": build_site("b", HOSTS[1:2])})
    assert share_allowance(parts, {"a": 30, "b": 10}, 100) == {"a": 62, "b": 38}
    assert share_allowance(parts, {"a": 30}, 100) == {"a": 75, "b": 25}
    assert share_allowance(parts, {}, 100) == {"a": 50, "b": 50}
    assert share_allowance((), {}, 100) == {}
