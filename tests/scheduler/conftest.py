"""Desks for the commands' tests."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.scheduler.office import Office, live_through
from tests.site.replica import Site
from tests.site.server import serve_site
from tests.site.yunze import plan_week
from tests.site.zhengzhou import Zhengzhou


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with a history, made once; not to be altered."""
    return live_through(tmp_path_factory.mktemp("history"))


@pytest.fixture
def office(history: Office, tmp_path: Path) -> Office:
    """A copy of it to work with."""
    return history.copy(tmp_path)


@pytest.fixture
def new_office(tmp_path: Path) -> Office:
    """An office in which nothing was done yet."""
    return Office(tmp_path)


@pytest.fixture
def site() -> Iterator[Site]:
    """A small city on its first day."""
    plan = plan_week()
    few = [article for article in plan.articles if article.column == plan.columns[1].code and not article.files][:3]
    with serve_site(Site(replace(plan, articles=tuple(few), events=()), Zhengzhou())) as served:
        yield served
