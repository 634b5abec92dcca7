"""The catalog: what a good seed file gives, and that every fault is told in one line that helps."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seeds.catalog import Catalog, CatalogError, Column, check_files, load_catalog, load_site

SHIPPED = Path(__file__).parents[2] / "seeds"
GOOD = """key = "atown"
name = "甲市人民政府"
level = "市"
hosts = ["WWW.atown.gov.cn", "public.atown.gov.cn:8080"]
delay = 3

[[columns]]
kind = "提案"
url = "https://www.atown.gov.cn/zxta/"

[[columns]]
kind = "建议"
name = "人大建议答复"
url = "http://public.atown.gov.cn:8080/rdjy/"
cms = "trs"
"""
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a seed file and gives its path."""

    def write_file(text: str, name: str = "atown.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def explain(path: Path) -> list[str]:
    """The faults of a file without its folder."""
    return [str(fault).replace(f"{path.parent}/", "") for fault in check_files([path])]


def test_shipped_seeds_are_good() -> None:
    """Every seed file of the project loads; both of Zhengzhou's columns are there; no address is in two files."""
    catalog = load_catalog(SHIPPED)
    assert [column.kind for column in catalog.sites["zhengzhou"].columns] == ["提案", "建议"]
    assert len(catalog.sites) == len(list(SHIPPED.glob("*.toml"))) >= 68
    urls = [column.url for site in catalog.sites.values() for column in site.columns]
    assert len(urls) == len(set(urls)) >= 85
    hosts = [host for site in catalog.sites.values() for host in site.hosts]
    assert len(hosts) == len(set(hosts))
    assert not any(site.verified for site in catalog.sites.values())


def test_a_good_file_gives_a_site_with_defaults(write: Write) -> None:
    """Hosts in lower case, the column's name from its kind, its family from the site unless it has its own."""
    site = load_site(write(GOOD, "atown.toml"))
    assert site.hosts == ("www.atown.gov.cn", "public.atown.gov.cn:8080")
    assert (site.delay, site.tls, site.cms, site.verified, site.site_id_code) == (3, "default", "auto", False, None)
    assert [column.key for column in site.columns] == ["提案", "人大建议答复"]
    assert [site.cms_of(column) for column in site.columns] == ["auto", "trs"]
    assert isinstance(site.columns[0], Column)


def test_a_site_cannot_be_changed(write: Write) -> None:
    """The models are values."""
    site = load_site(write(GOOD, "atown.toml"))
    with pytest.raises(ValueError, match="frozen"):
        site.name = "乙市"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            'level = "市"',
            'levle = "市"',
            "atown.toml:3: levle: unknown key, perhaps level (allowed: key, name, hosts, ",
        ),
        ('level = "市"', 'level = "镇"', "atown.toml:3: level: unknown value '镇' (allowed: 国家, 省, 市, 区县)"),
        ('key = "atown"', 'key = "btown"', "atown.toml:1: key: 'btown' is not the file's name (allowed: 'atown')"),
        ('name = "甲市人民政府"', "", "atown.toml: name: is missing (allowed: it is required)"),
        ("delay = 3", 'delay = "3"', "atown.toml:5: delay: '3' is of a wrong type (allowed: a number)"),
        ("delay = 3", "delay = -1", "atown.toml:5: delay: -1: input should be greater than or equal to 0"),
        (
            "delay = 3",
            'tls = "none"',
            "atown.toml:5: tls: unknown value 'none' (allowed: default, p256, legacy, insecure)",
        ),
        ("delay = 3", "verified = 1", "atown.toml:5: verified: 1 is of a wrong type (allowed: true or false)"),
        ("delay = 3", 'delay = 3\nhosts = ["a"]', "atown.toml:6: no TOML: Cannot overwrite a value"),
        (
            '["WWW.atown.gov.cn", "public.atown.gov.cn:8080"]',
            "[]",
            "atown.toml:4: hosts: [] is empty (allowed: at least one)",
        ),
        (
            '"WWW.atown.gov.cn"',
            '"https://www.atown.gov.cn"',
            "atown.toml:4: hosts[1]: 'https://www.atown.gov.cn' is no host",
        ),
        (
            '"public.atown.gov.cn:8080"',
            '"public.atown.gov.cn"',
            "atown.toml:14: columns[2].url: host 'public.atown.gov.cn:8080'",
        ),
        (
            'kind = "建议"',
            'kind = "意见"',
            "atown.toml:12: columns[2].kind: unknown value '意见' (allowed: 提案, 建议, 建议提案)",
        ),
        ('cms = "trs"', 'cms = "trx"', "atown.toml:15: columns[2].cms: unknown value 'trx' (allowed: auto, trs, "),
        ('cms = "trs"', 'title = "x"', "atown.toml:15: columns[2].title: unknown key"),
        (
            'name = "人大建议答复"',
            'name = "提案"',
            "atown.toml:13: columns[2].name: '提案' is an earlier column's name",
        ),
        ("https://www.atown.gov.cn/zxta/", "/zxta/", "atown.toml:9: columns[1].url: '/zxta/' is no web address"),
        ("https://www.atown.gov.cn/zxta/", "ftp://www.atown.gov.cn/", "atown.toml:9: columns[1].url: 'ftp://www.atown"),
        (
            "https://www.atown.gov.cn/zxta/",
            "https://www.atown.gov.cn:x/",
            "atown.toml:9: columns[1].url: 'https://www.ato",
        ),
        ('url = "https://www.atown.gov.cn/zxta/"', "", "atown.toml:7: columns[1].url: is missing"),
        (
            "http://public.atown.gov.cn:8080/rdjy/",
            "https://www.atown.gov.cn/zxta/",
            "atown.toml:14: columns[2].url: the same address as an earlier column's",
        ),
    ],
)
def test_a_fault_is_one_line_with_file_line_key_and_what_is_allowed(
    old: str, new: str, line: str, write: Write
) -> None:
    """Each fault says where it is and what would be right; one fault, one line."""
    assert old in GOOD
    faults = explain(write(GOOD.replace(old, new), "atown.toml"))
    assert len(faults) == 1
    assert faults[0].startswith(line)
    assert "\n" not in faults[0]


def test_all_faults_of_all_files_are_told(write: Write) -> None:
    """Checking does not stop at the first fault, nor at the first file."""
    first = write(GOOD.replace("市人民", "").replace("level", "lvl").replace('"trs"', '"x"'), "atown.toml")
    second = write("key = [", "b.toml")
    faults = check_files([first, second, first.parent / "none.toml"])
    assert [(fault.file.name if fault.file else "", fault.line) for fault in faults] == [
        ("atown.toml", 3),
        ("atown.toml", 15),
        ("b.toml", 1),
        ("none.toml", None),
    ]


def test_a_file_that_is_not_utf8_is_told_with_the_line(tmp_path: Path) -> None:
    """GBK is a likely slip; it is named with line and byte, and not guessed."""
    path = tmp_path / "atown.toml"
    path.write_bytes(GOOD.encode("gb18030"))
    assert explain(path)[0].startswith("atown.toml:2: byte 0xbc is not UTF-8")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Some editors write one."""
    path = tmp_path / "atown.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert check_files([path]) == []


def test_missing_and_empty_folders_are_told(tmp_path: Path) -> None:
    """Without seeds there is nothing to do; say which folder."""
    with pytest.raises(CatalogError, match="no such folder"):
        load_catalog(tmp_path / "none")
    with pytest.raises(CatalogError, match="no seed file"):
        load_catalog(tmp_path)


def test_loading_raises_with_all_faults(write: Write) -> None:
    """A catalog is whole or not at all; the error carries the faults."""
    write(GOOD, "atown.toml")
    write(GOOD, "btown.toml")
    path = write("", "ctown.toml")
    with pytest.raises(CatalogError) as caught:
        load_catalog(path.parent)
    assert {fault.key for fault in caught.value.faults} == {"key", "name", "hosts", "columns"}
    assert len(str(caught.value).splitlines()) == len(caught.value.faults) == 5


def test_sites_are_picked_by_key() -> None:
    """A run over some sites; an unknown key is an error that lists the known ones."""
    catalog = load_catalog(SHIPPED)
    picked = catalog.pick_sites(["zhengzhou", "moe"])
    assert isinstance(picked, Catalog)
    assert list(picked.sites) == ["zhengzhou", "moe"]
    with pytest.raises(CatalogError, match=r"no site 'zhengzou'.*zhengzhou"):
        catalog.pick_sites(["zhengzou"])
