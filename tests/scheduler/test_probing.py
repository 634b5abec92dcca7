"""Proposing seed files for list pages that were looked at, without changing what is there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.probing import propose_key, propose_kind, propose_seed
from seeds.catalog import check_files, load_site
from storage.database import open_database
from storage.hosts import HostNews, record_hosts
from tests.site.replica import Site
from tests.site.server import serve_site
from tests.site.yunze import plan_week
from tests.site.zhengzhou import Zhengzhou


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.beijing.gov.cn/x/", "beijing"),
        ("http://jyj.wuhan.gov.cn/zfxxgk/", "wuhan-jyj"),
        ("https://public.zhengzhou.gov.cn/?a=path", "zhengzhou-public"),
        ("http://127.0.0.1:8000/", "1-0-0-127"),
    ],
)
def test_a_key_comes_from_the_host(url: str, key: str) -> None:
    """The part of the host that tells the site from others, largest first."""
    assert propose_key(url) == key


@pytest.mark.parametrize(
    ("title", "first", "kind"),
    [
        ("政协提案答复", "", "提案"),
        ("人大代表建议办理", "", "建议"),
        ("建议提案办理", "", "建议提案"),
        ("结果公开", "关于某事提案的答复", "提案"),
        ("", "", "建议提案"),
    ],
)
def test_a_kind_comes_from_the_title(title: str, first: str, kind: str) -> None:
    """The column's own title tells, else its first row; where both are spoken of, or neither, it is both."""
    assert propose_kind({"title": title, "first_title": first}) == kind


def test_a_proposal_is_a_good_seed_file(tmp_path: Path) -> None:
    """Whatever the page says of itself, the file has no fault."""
    seen = {"title": '引号"与\\反斜线', "family": "trs", "site_name": "甲\u007f市", "site_id_code": "4101000001"}
    path = tmp_path / "jia.toml"
    path.write_text(propose_seed("https://jia.gov.cn/list/", seen, "jia"), encoding="utf-8")
    assert check_files([path]) == []
    assert load_site(path).site_id_code == "4101000001"


@pytest.fixture
def site() -> Iterator[Site]:
    """The replica on its first day."""
    with serve_site(Site(plan_week(), Zhengzhou())) as served:
        yield served


def run_seeds(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """``replywatch seeds WORDS`` of somebody whose seeds are in a folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REPLYWATCH_")}
    environment = kept | {
        "REPLYWATCH_SEEDS_DIR": str(folder),
        "REPLYWATCH_DATA_DIR": str(folder / "data"),
        "REPLYWATCH_ALLOW_PRIVATE_HOSTS": "true",
        "REPLYWATCH_CONTACT": "operator@example.org",
    }
    program = str(Path(sys.executable).with_name("replywatch"))
    return subprocess.run(
        [program, "seeds", *words], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.slow
def test_a_site_is_added_by_the_address_of_its_list(site: Site, tmp_path: Path) -> None:
    """``add`` writes a file that ``check`` and ``probe`` accept, keeps nothing else, and never changes one."""
    added = run_seeds(tmp_path, "add", f"{site.base}/?a=path&p=D1102X&page=1", "--key", "yun")
    assert (added.returncode, added.stderr) == (0, "")
    written = load_site(tmp_path / "yun.toml")
    assert (written.cms, written.columns[0].kind, written.columns[0].name) == ("zhengzhou", "提案", "政协提案答复")
    assert run_seeds(tmp_path, "probe").returncode == 0
    assert run_seeds(tmp_path, "add-host", "yun", "IMG.example.cn").returncode == 0
    assert load_site(tmp_path / "yun.toml").hosts == (*written.hosts, "img.example.cn")
    again = run_seeds(tmp_path, "add", f"{site.base}/?a=path&p=D1101X&page=1", "--key", "yun")
    assert again.returncode == 2
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_a_host_that_rests_is_not_probed(site: Site, tmp_path: Path) -> None:
    """What asked a crawl for rest is left alone until the rest is over: one line says so, and nothing is sent."""
    host = site.base.removeprefix("http://")
    (tmp_path / "yun.toml").write_text(
        propose_seed(f"{site.base}/?a=path&p=D1102X&page=1", {"family": "zhengzhou"}, "yun"), encoding="utf-8"
    )
    rest_host(tmp_path, host)
    probed, added = run_seeds(tmp_path, "probe"), run_seeds(tmp_path, "add", f"{site.base}/?a=path&p=D1101X&page=1")
    for answer, line in ((probed, probed.stdout), (added, added.stderr)):
        assert answer.returncode == 1
        assert line.count("\n") == 1
        assert "resting until 2" in line
        assert line.endswith("not asked: status 429\n")
    assert not site.requests


@pytest.mark.slow
def test_a_probe_that_fails_has_not_succeeded(tmp_path: Path) -> None:
    """A database that cannot be read ends it with one line, for nobody knows who rests."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "replywatch.sqlite3").write_bytes(b"no database" * 100)
    (tmp_path / "yun.toml").write_text(propose_seed("http://127.0.0.1:9/list.html", {}, "yun"), encoding="utf-8")
    failed = run_seeds(tmp_path, "probe")
    assert failed.returncode != 0
    assert len(failed.stderr.splitlines()) == 1


def rest_host(folder: Path, host: str) -> None:
    """As a crawl leaves a host that asked for an hour of rest."""
    now = datetime.now(UTC)
    news = HostNews(
        host=host,
        site="yun",
        trouble="resting",
        available_at=now + timedelta(hours=1),
        failures=0,
        openings=1,
        last_outcome="throttled",
        last_error="status 429",
        requests=1,
        answers=1,
        seconds=0.1,
        seen_at=now,
    )
    with (
        closing(open_database(f"sqlite:///{folder}/data/replywatch.sqlite3")) as database,
        database.write() as session,
    ):
        record_hosts(session, [news])


@pytest.mark.slow
def test_a_page_that_is_no_list_is_not_added(site: Site, tmp_path: Path) -> None:
    """A page that is gone, or no address at all, leaves no file and says so in one line."""
    gone = run_seeds(tmp_path, "add", f"{site.base}/nothing.html", "--key", "yun")
    assert gone.returncode == 1
    assert "gone" in gone.stderr
    wrong = run_seeds(tmp_path, "add", "ftp://x", "--key", "yun")
    assert wrong.returncode == 2
    assert len(wrong.stderr.splitlines()) == 1
    assert not list(tmp_path.glob("*.toml"))
