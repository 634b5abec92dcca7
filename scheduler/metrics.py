"""Figures of the service for Prometheus, read from the database when they are asked for, at most once a minute."""

import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Lock

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from storage.configuration import Configuration
from storage.database import DatabaseError, open_database
from storage.figures import Figures, read_figures

logger = logging.getLogger(__name__)

FRESH = 60.0  # seconds that figures are given again


class DatabaseCollector(Collector):
    """The database's figures; without the database, only that it is out of reach."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._lock = Lock()
        self._read_at = -FRESH
        self._figures: Figures | None = None

    def describe(self) -> Iterator[Metric]:
        """Nothing: what there is is known only when it is read."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """All figures."""
        figures = self._read()
        yield GaugeMetricFamily("replywatch_database_up", "1 when the database answers.", 0 if figures is None else 1)
        if figures is None:
            return
        yield by_label("replywatch_captures", "Captures of the last day by outcome.", "outcome", figures.outcomes)
        yield by_label("replywatch_changes", "Changes by kind, baselines left out.", "kind", figures.changes)
        yield by_label("replywatch_outbox", "Messages by state.", "state", figures.outbox)
        yield by_label("replywatch_queue_jobs", "Jobs of the cluster's queue by state.", "state", figures.jobs)
        yield GaugeMetricFamily("replywatch_due_pages", "Pages that are due.", figures.due)
        yield GaugeMetricFamily("replywatch_due_lists", "Lists whose turn has come.", figures.due_lists)
        yield GaugeMetricFamily("replywatch_uncompared_pages", "Pages with news not compared yet.", figures.stale)
        yield GaugeMetricFamily("replywatch_open_incidents", "Incidents that are open.", figures.incidents)
        yield by_label("replywatch_incidents", "Open incidents by kind.", "kind", figures.incident_kinds)
        yield by_label("replywatch_hosts", "Hosts by state.", "state", figures.hosts)
        yield GaugeMetricFamily("replywatch_last_crawl_seconds", "How long the last crawl took.", figures.last_seconds)
        yield GaugeMetricFamily(
            "replywatch_last_success_timestamp_seconds", "When the last crawl ended well.", figures.last_success
        )

    def _read(self) -> Figures | None:
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH:
                self._read_at = time.monotonic()
                try:
                    with closing(open_database(self._configuration.database_url)) as database:
                        self._figures = read_figures(database, self._configuration.clock.now())
                except DatabaseError:
                    self._figures = None
            return self._figures


def by_label(name: str, words: str, label: str, counts: dict[str, int]) -> GaugeMetricFamily:
    """One gauge with a value a label."""
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family


@contextmanager
def serve_metrics(configuration: Configuration) -> Iterator[None]:
    """Answer on ``metrics_port`` of loopback while the block runs; nothing when no port is set.

    Only who leads does so: a standby on the same machine has the same setting. A port that is taken costs the figures
    and not the service.
    """
    if not configuration.metrics_port:
        yield
        return
    registry = CollectorRegistry(auto_describe=False)
    registry.register(DatabaseCollector(configuration))
    try:
        server, thread = start_http_server(configuration.metrics_port, "127.0.0.1", registry)
    except OSError as error:
        logger.warning("no figures on port %d: %s", configuration.metrics_port, error.strerror)
        yield
        return
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
