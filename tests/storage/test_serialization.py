"""Records through JSON and back, whatever they hold."""

import json
from dataclasses import fields
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.records import (
    Attachment,
    Change,
    ChangeKind,
    Difference,
    Document,
    Encoding,
    Evidence,
    Hunk,
    Operation,
    Reply,
    SiteIdentity,
    Summary,
    Units,
)
from storage.serialization import dump_change, dump_document, load_change, load_document

words = st.text(max_size=8)
maybe = st.none() | words
many = st.lists(words, max_size=3).map(tuple)
pairs = st.lists(st.tuples(words, words), max_size=3).map(tuple)
times = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone
replies = st.builds(
    Reply,
    kind=maybe,
    term=st.none() | st.integers(0, 20),
    numbers=many,
    units=st.builds(Units, main=many),
    subject=maybe,
)
documents = st.builds(
    Document,
    kind=words,
    title=maybe,
    text=words,
    keywords=many,
    encoding=st.builds(Encoding, declared=maybe, used=maybe),
    site=st.builds(SiteIdentity, name=maybe),
    attachments=st.lists(st.builds(Attachment, url=words, digest=maybe), max_size=2).map(tuple),
    raw_fields=pairs,
    reply=st.none() | replies,
    doubts=many,
    extractor=words,
)
hunks = st.builds(
    Hunk,
    op=st.sampled_from(Operation),
    old=words,
    new=words,
    old_line=st.integers(1, 9),
    new_line=st.integers(1, 9),
    old_start=st.integers(0, 9),
    new_start=st.integers(0, 9),
)
plain = st.none() | words | st.integers(-5, 5) | st.lists(words, max_size=2)
differences = st.builds(
    Difference,
    changed=st.booleans(),
    kinds=many,
    score=st.floats(0, 1),
    reasons=many,
    fields=st.dictionaries(words, st.tuples(plain, plain), max_size=2),
    hunks=st.lists(hunks, max_size=2).map(tuple),
    summary=st.builds(Summary, zh=words, en=words),
)
evidences = st.builds(Evidence, first_ok=st.none() | times, tries=st.integers(0, 9), canary=maybe, new_url=maybe)
changes = st.builds(
    Change,
    id=words,
    document_key=words,
    url=words,
    site=words,
    column=words,
    title=words,
    kind=st.sampled_from(ChangeKind),
    detected_at=times,
    record_id=words,
    difference=differences,
    last_good_at=st.none() | times,
    from_version=st.none() | st.integers(1, 9),
    group=words,
    evidence=st.none() | evidences,
    baseline=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(documents)
def test_documents_come_back_as_they_were(document: Document) -> None:
    """The text has a column of its own; the rest goes through JSON."""
    values = json.loads(json.dumps(dump_document(document)))
    assert "text" not in values
    assert load_document(values, document.text) == document


@settings(max_examples=60, deadline=None)
@given(changes)
def test_changes_come_back_as_they_were(change: Change) -> None:
    """With their times, kinds and hunks; and what is dumped again is the same, so that nothing seems altered."""
    values = json.loads(json.dumps(dump_change(change)))
    loaded = load_change(values)
    assert loaded == change or has_lists(change)
    assert json.loads(json.dumps(dump_change(loaded))) == values


def has_lists(change: Change) -> bool:
    """Whether a field's values are of kinds that JSON knows as one, tuples and lists."""
    return any(isinstance(value, list | tuple) for pair in change.difference.fields.values() for value in pair)


def test_what_is_usual_takes_no_room() -> None:
    """An empty document is an empty object, and an object of an older release, without newer keys, can be read."""
    assert dump_document(Document()) == {}
    assert load_document({}, "甲") == Document(text="甲")
    assert all(
        getattr(load_document({}, ""), field.name) == getattr(Document(), field.name) for field in fields(Document)
    )
