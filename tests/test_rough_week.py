"""Trouble is not news: a rough week of the replica, crawled every day by the real commands."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.site.audit import audit_report
from tests.site.commands import Operator
from tests.site.demo import START
from tests.site.replica import Site
from tests.site.rough_week import VISITS, plan_rough_week
from tests.site.server import serve_site
from tests.site.zhengzhou import Zhengzhou


def test_truth_of_the_rough_week() -> None:
    """The script's news, and nothing of its trouble."""
    truth = Site(plan_rough_week(), Zhengzhou()).expected_events(VISITS)
    assert sorted((event.kind, event.key, event.round) for event in truth if not event.is_baseline) == [
        ("delisted", "6100203", 1),
        ("gone", "6100209", 3),
        ("relisted", "6100203", 5),
        ("restored", "6100209", 5),
        ("text", "6100209", 5),
        ("text", "6100231", 1),
        ("text", "6100231", 5),
        ("text", "6200117", 3),
    ]


@pytest.mark.slow
def test_report_tells_the_news_and_none_of_the_trouble(tmp_path: Path) -> None:
    """After a crawl on each day the report holds the truth, and no link outside the lists was followed."""
    operator = Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path)
    site = Site(plan_rough_week(), Zhengzhou())
    with serve_site(site):
        site.write_seed(tmp_path)
        for day in VISITS:
            site.play_round(day)
            operator.run_scrapy("crawl", "replies", "-a", "recheck=all", now=START + timedelta(days=day))
    report = operator.run_replywatch("report", "--format", "json", now=START + timedelta(days=7))
    audit = audit_report(json.loads(report)["changes"], site.expected_events(VISITS), first_day=START.date())
    assert audit.false == ()
    assert audit.missed == ()
    strange = [seen.target for seen in site.requests if seen.status == 404 and not seen.target.endswith(".jhtml")]
    assert strange == []
