"""Captures that the archive holds and the database does not know, as values that the database can take in."""

from dataclasses import dataclass

from storage.archive.fields import BODY_DIGEST, ENTITY_DIGEST, RUN, Marks, parse_marks
from storage.archive.messages import ArchivedResponse
from storage.archive.reader import ArchivedRecord
from storage.records import Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedCapture:
    """A capture read back from its record.

    ``capture.headers`` are all headers in their order; ``run_id`` is empty when the file has lost its beginning. A
    revisit has no entity and body digest of its own: they are those of the capture whose record id is ``original_id``.
    """

    capture: Capture
    run_id: str
    original_id: str | None = None


class Adopter:
    """Reads captures from the records of a file, given in their order; the first one, a warcinfo, is always needed."""

    def __init__(self) -> None:
        self._heads: dict[str, ArchivedResponse] = {}
        self._run_id = ""

    def read_capture(self, record: ArchivedRecord) -> AdoptedCapture | None:
        """The capture that a record stands for; None for requests, metadata about others, and records of others."""
        marks = parse_marks(record.fields)
        if marks:
            response = record.response or self._heads.pop(record.record_id, None)
            return _adopt_record(record, marks, response, marks.run_id or self._run_id)
        self._run_id = record.field(RUN) or self._run_id
        subject = record.refers_to.record_id
        if subject and record.type == "metadata" and record.response:
            self._heads[subject] = record.response  # a 304's, which comes before its revisit
        return None


def _adopt_record(
    record: ArchivedRecord, marks: Marks, response: ArchivedResponse | None, run_id: str
) -> AdoptedCapture:
    capture = Capture(
        record_id=record.record_id,
        url=record.url or "",
        role=marks.role,
        captured_at=record.date,
        outcome=marks.outcome,
        detail=marks.detail,
        vendor=marks.vendor,
        status=response.status if response else None,
        headers=response.headers if response else (),
        payload_digest=record.field("WARC-Payload-Digest"),
        entity_digest=record.field(ENTITY_DIGEST),
        body_digest=record.field(BODY_DIGEST),
        place=record.place,
    )
    original_id = record.refers_to.record_id if record.type == "revisit" else None
    return AdoptedCapture(capture=capture, run_id=run_id, original_id=original_id)
