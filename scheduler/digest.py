"""Write what subscribers are to be told into the outbox, and send it: the job of the service and of ``notify``."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from review.digest import Digest, render_mail, render_plain, write_subject
from review.report import Report
from scheduler.notify import deliver_waiting, find_limit, read_time, takes_html
from storage.configuration import Configuration
from storage.database import Database
from storage.ignoring import read_rules
from storage.incidents.derivation import find_incident_position, read_incident_news, read_incidents
from storage.incidents.standing import note_standing
from storage.notices import News, number_notices, read_news
from storage.outbox import (
    Message,
    Subscription,
    count_visited,
    load_subscription,
    queue_messages,
    queue_test,
)
from storage.records import Incident
from storage.sites import read_site_names
from storage.subscriptions import Subscriber

MOST_DESCRIBED = 40
FRESH = timedelta(days=1)  # an incident that was seen within this time is told, though it is over


def send_due(configuration: Configuration, database: Database) -> dict[str, int]:
    """Write what is due into the outbox and send what waits there.

    Returns how many messages were ``queued``, ``sent`` and ``failed`` (for now). Safe in several processes at once.
    """
    note_standing(configuration, database)
    queued = sum(queue_due(configuration, database, one) for one in configuration.subscribers)
    return {"queued": queued} | deliver_waiting(configuration, database)


def queue_due(configuration: Configuration, database: Database, subscriber: Subscriber) -> int:
    """Write a subscriber's alerts and digest, if there are any now; returns how many messages that is."""
    count = 0
    for prepare in PREPARATIONS:
        before, after, digest = prepare(configuration, database, subscriber)
        messages = write_messages(digest, subscriber) if digest else []
        if before != after and queue_messages(database, before, after, messages, read_time()):
            count += len(messages)
    return count


def preview_due(configuration: Configuration, database: Database, subscriber: Subscriber) -> list[Message]:
    """What `queue_due` would write."""
    prepared = (prepare(configuration, database, subscriber) for prepare in PREPARATIONS)
    return [message for _, _, digest in prepared if digest for message in write_messages(digest, subscriber)]


def send_test(configuration: Configuration, database: Database, subscriber: Subscriber) -> dict[str, int]:
    """Write a test message and send what waits."""
    now = configuration.clock.now()
    report = Report(generated_at=now, since=now, timezone=configuration.timezone)
    reference = name_reference(subscriber.name, "test", read_time().isoformat())
    digest = Digest(kind="test", report=report, reference=reference, language=subscriber.language)
    queue_test(database, subscriber.name, write_messages(digest, subscriber), read_time())
    return deliver_waiting(configuration, database)


Prepared = tuple[Subscription, Subscription, Digest | None]


def prepare_alert(configuration: Configuration, database: Database, subscriber: Subscriber) -> Prepared:
    """The alert on what has come in since the last one, in one message; and where the cursor then stands."""
    now, position, state = look_up(configuration, database, subscriber)
    after = replace(state, alert_position=position)
    if subscriber.alert_score is None or position == state.alert_position:
        return state, after, None
    news = find_news(database, subscriber, state.alert_position, position, subscriber.alert_score)
    if not news.total:
        return state, after, None
    digest = build_digest(configuration, database, subscriber, news, kind="alert", since=state.told_at, until=now)
    return state, after, digest


def prepare_incident_alert(configuration: Configuration, database: Database, subscriber: Subscriber) -> Prepared:
    """The alert on incidents that became known since the last one, in one message; and where the cursor then stands.

    One that was found long after its end, as in an import, is history and no alert.
    """
    now, _, state = look_up(configuration, database, subscriber)
    position = find_incident_position(database)
    after = replace(state, incident_position=position)
    if not subscriber.has_incident_alerts or position == state.incident_position:
        return state, after, None
    found = read_incident_news(database, state.incident_position, position)
    incidents = [one for one in found if one.closed_at is None or one.last_at >= now - FRESH]
    chosen = choose_incidents(incidents, subscriber)
    if not chosen:
        return state, after, None
    news = News(position, {})
    digest = build_digest(configuration, database, subscriber, news, kind="incident", since=now - FRESH, until=now)
    return state, after, replace(digest, report=replace(digest.report, incidents=chosen))


def prepare_digest(configuration: Configuration, database: Database, subscriber: Subscriber) -> Prepared:
    """The digest, when a period has begun since the last one (or there is news, for one who wants it at once)."""
    now, position, state = look_up(configuration, database, subscriber)
    period = subscriber.schedule.find_period(now, configuration.zone)
    is_new = position > state.digest_position
    is_period = period is not None and (state.digest_at is None or period > state.digest_at)
    if not (is_new if subscriber.schedule.is_immediate else is_period):
        return state, state, None
    news = find_news(database, subscriber, state.digest_position, position, 0.0)
    visited = count_visited(database, state.capture_id, subscriber.sites)
    after = replace(
        state, digest_position=position, digest_at=period, capture_id=visited.through, told_at=max(now, state.told_at)
    )
    incidents = find_incidents(database, subscriber, state.told_at)
    if not news.total and not (incidents and not subscriber.schedule.is_immediate) and is_unwanted(subscriber):
        return state, after, None
    digest = build_digest(configuration, database, subscriber, news, kind="digest", since=state.told_at, until=now)
    report = replace(digest.report, incidents=incidents)
    return state, after, replace(digest, report=report, pages=visited.pages, sites=visited.sites)


PREPARATIONS = (prepare_alert, prepare_incident_alert, prepare_digest)


def is_unwanted(subscriber: Subscriber) -> bool:
    """Whether a digest without changes is not to be sent."""
    return subscriber.schedule.is_immediate or not subscriber.has_silence


def look_up(
    configuration: Configuration, database: Database, subscriber: Subscriber
) -> tuple[datetime, int, Subscription]:
    """Now, the last position of the news, and how far the subscriber was told."""
    now, position = configuration.clock.now(), number_notices(database)
    period = subscriber.schedule.find_period(now, configuration.zone)
    incident_position = find_incident_position(database)
    state = load_subscription(
        database,
        subscriber.name,
        position=position,
        incident_position=incident_position,
        now=now,
        period=period,
    )
    return now, position, state


def find_news(database: Database, subscriber: Subscriber, after: int, through: int, least: float) -> News:
    """What there is to be told of a stretch of the news."""
    rules = read_rules(database)
    return read_news(database, subscriber, rules, after=after, through=through, least=least, most=MOST_DESCRIBED)


def find_incidents(database: Database, subscriber: Subscriber, since: datetime) -> tuple[Incident, ...]:
    """The incidents on the subscriber's sites that are open or were seen since."""
    if not subscriber.has_incidents:
        return ()
    return choose_incidents(read_incidents(database, since), subscriber)


def choose_incidents(incidents: Iterable[Incident], subscriber: Subscriber) -> tuple[Incident, ...]:
    """Those on the subscriber's sites, and those that concern all."""
    return tuple(one for one in incidents if not subscriber.sites or not one.site or one.site in subscriber.sites)


def build_digest(
    configuration: Configuration,
    database: Database,
    subscriber: Subscriber,
    news: News,
    *,
    kind: str,
    since: datetime,
    until: datetime,
) -> Digest:
    """The message as a value."""
    return Digest(
        kind=kind,
        report=Report(generated_at=until, since=since, changes=news.changes, timezone=configuration.timezone),
        reference=name_reference(subscriber.name, kind, str(news.through), until.isoformat()),
        counts=news.counts,
        names=read_site_names(database),
        language=subscriber.language,
    )


def name_reference(*parts: str) -> str:
    """A short name that the same message always has."""
    return "rw-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def write_messages(digest: Digest, subscriber: Subscriber) -> list[Message]:
    """The digest for each address: HTML for a mailbox, plain text in pieces for the others."""
    subject = write_subject(digest)
    found: list[Message] = []
    for target, url in enumerate(subscriber.urls):
        is_html = takes_html(url)
        bodies = (render_mail(digest),) if is_html else render_plain(digest, find_limit(url))
        found += [
            Message(
                key=f"{digest.kind}:{digest.reference}",
                target=target,
                part=part,
                reference=digest.reference,
                subject=subject,
                body=body,
                is_html=is_html,
            )
            for part, body in enumerate(bodies, 1)
        ]
    return found
