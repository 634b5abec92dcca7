"""A database that is away for a while: each command says so in a line, and what was cut off is made good."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campaigns.outage import Outage, build_site
from tests.campaigns.servers import PostgresqlServer, create_database, run_postgresql
from tests.site.commands import Operator
from tests.site.server import serve_site

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]

LEASE = 4.0  # seconds; with a shorter one a busy machine loses it for no other reason
SECONDS = 4.0  # that the database is away, so that the lease is lost


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL that nobody else uses, so that it can be stopped."""
    with run_postgresql(is_durable=False) as running:
        yield running


@pytest.fixture
def outage(server: PostgresqlServer, tmp_path: Path) -> Iterator[Outage]:
    """What befalls somebody who watches a small city, with a database of their own."""
    with serve_site(build_site()) as site:
        site.write_seed(tmp_path, delay=0.2)
        database = create_database(server.url)
        yield Outage(
            server, site, Operator(data_dir=tmp_path / "data", seeds_dir=tmp_path, database_url=database), SECONDS
        )


def test_commands_without_their_database_end_in_a_line(outage: Outage) -> None:
    """A crawl keeps on disk what it has and ends with 1, a comparison with 2; later ones make both good."""
    outage.interrupt_commands()
    assert outage.faults == []


def test_the_service_goes_on_when_its_database_is_back(outage: Outage) -> None:
    """It loses its lease, ends its crawl, stands by, and leads again; nothing is lost or told twice."""
    outage.seconds = SECONDS
    outage.interrupt_service(LEASE)
    assert outage.faults == []
