"""The difference of two documents: what a reader would be told, how much it matters and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from rapidfuzz.distance import Indel

from storage.comparison.attachment_diff import AttachmentChange, describe_files, diff_attachments
from storage.comparison.field_diff import diff_fields, fold_field, list_fields
from storage.comparison.folding import squash_text
from storage.comparison.judgement import Reason, judge_hunk, judge_replacement, strip_marks
from storage.comparison.outline import Outline
from storage.comparison.signals import weigh_reasons
from storage.comparison.summaries import summarize_changes
from storage.comparison.text_diff import diff_texts
from storage.records import Difference, Document, Hunk, Operation, Outcome

Judged = Sequence[tuple[Hunk, Sequence[Reason]]]
PRECEDENCE = ("status", "text", "attachments", "fields")
LEAST_LIKENESS = 0.75  # of a clause removed here and one added there, which are then one clause, moved and edited
LEAST_CLAUSE, LONGEST_CLAUSE = 6, 400  # characters of such a clause
MOST_PAIRS = 2_500  # of such clauses that are looked at
MOST_JUDGED_HUNKS = 400  # a text with more edits is judged by the first of them
LONGEST_LINE = 2_000  # characters of a line that says what its pieces are


def compare_documents(old: Document, new: Document, weights: Mapping[str, float] | None = None) -> Difference:
    """What a reader would be told of the step from ``old`` to ``new``.

    ``weights`` overrides weights of `storage.comparison.signals`. An unchanged document gives an empty `Difference`.
    """
    if old == new:
        return Difference()
    hunks = diff_texts(old.text, new.text)
    fields = diff_fields(old, new)
    files = diff_attachments(old.attachments, new.attachments)
    kinds = name_kinds(hunks, fields, files)
    if not kinds:
        return Difference()
    outlines = (Outline.of_text(old.text), Outline.of_text(new.text)) if hunks else (Outline(), Outline())
    judged = judge_hunks(hunks, (old.text, new.text), outlines)
    reasons = [reason for _, found in judged for reason in found]
    reasons += judge_fields(fields)
    reasons += [Reason(change.code) for change in files]
    reasons += judge_readings(old, new)
    score = weigh_reasons([(reason.code, reason.strength) for reason in reasons], weights)
    return Difference(
        changed=True,
        kinds=kinds,
        score=score,
        reasons=rank_codes(reasons, weights),
        fields=fields,
        hunks=hunks,
        summary=summarize_changes(judged, fields, files, outlines),
    )


def documents_differ(old: Document, new: Document) -> bool:
    """Whether `compare_documents` would tell a change; far cheaper."""
    if old == new:
        return False
    return (
        (old.text != new.text and squash_text(old.text) != squash_text(new.text))
        or bool(diff_fields(old, new))
        or bool(diff_attachments(old.attachments, new.attachments))
    )


def document_digest(document: Document) -> str:
    """Sha256, in hexadecimal, of all that can make a document differ.

    Equal digests mean no difference. The reverse holds for documents of which the same is known: the digests of the
    same files, times of publication with the same precision, the same fields filled.
    """
    fields = {name: fold_field(name, value) for name, value in list_fields(document).items()}
    content = [squash_text(document.text), fields, describe_files(document.attachments)]
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode(errors="surrogatepass")).hexdigest()


def name_kinds(
    hunks: Sequence[Hunk], fields: Mapping[str, object], files: Sequence[AttachmentChange]
) -> tuple[str, ...]:
    """All kinds of a step in the order of their precedence."""
    present = {
        "status": "validity" in fields,
        "text": bool(hunks),
        "attachments": bool(files),
        "fields": any(name != "validity" for name in fields),
    }
    return tuple(kind for kind in PRECEDENCE if present[kind])


def judge_hunks(
    hunks: Sequence[Hunk], texts: tuple[str, str], outlines: tuple[Outline, Outline]
) -> list[tuple[Hunk, list[Reason]]]:
    """Each hunk of the old and the new text with its reasons."""
    if not hunks:
        return []
    old_lines, new_lines = (text.split("\n") for text in texts)
    judged = []
    for hunk in join_moved_edits(hunks[:MOST_JUDGED_HUNKS]):
        side, start = (1, hunk.new_start) if hunk.op is Operation.INSERT else (0, hunk.old_start)
        is_outlook = outlines[side].is_outlook(start)
        lines = bound_line(old_lines[hunk.old_line - 1], hunk.old), bound_line(new_lines[hunk.new_line - 1], hunk.new)
        judged.append((hunk, judge_hunk(hunk, *lines, is_outlook=is_outlook)))
    return judged


def bound_line(line: str, piece: str) -> str:
    """The line in which a piece stands, as far as it says what the piece is: one of a page without breaks says nothing.

    It would be looked through anew for each of its pieces.
    """
    return line if len(line) <= LONGEST_LINE else f"…{piece}…"


def join_moved_edits(hunks: Sequence[Hunk]) -> list[Hunk]:
    """The hunks as a reader sees them: a clause removed here and nearly the same one added there is one edit."""
    removed = [hunk for hunk in hunks if is_clause(hunk, Operation.DELETE, hunk.old)]
    added = [hunk for hunk in hunks if is_clause(hunk, Operation.INSERT, hunk.new)]
    if len(removed) * len(added) > MOST_PAIRS:
        return list(hunks)
    partners: dict[int, Hunk] = {}
    for hunk in removed:
        text = squash_text(hunk.old)
        likeness = [Indel.normalized_similarity(text, squash_text(other.new)) for other in added]
        best = max(range(len(added)), key=likeness.__getitem__, default=None)
        if best is not None and likeness[best] >= LEAST_LIKENESS:
            partners[id(added.pop(best))] = hunk
    taken = {id(hunk) for hunk in partners.values()}
    return [join_pair(partners.get(id(hunk)), hunk) for hunk in hunks if id(hunk) not in taken]


def is_clause(hunk: Hunk, operation: Operation, text: str) -> bool:
    """Whether a hunk is one removed (or added) clause or line, long enough to be known again."""
    piece = text.strip()
    return hunk.op is operation and "\n" not in piece and LEAST_CLAUSE <= len(piece) <= LONGEST_CLAUSE


def join_pair(removed: Hunk | None, added: Hunk) -> Hunk:
    """A removed and an added clause as one that was replaced."""
    if removed is None:
        return added
    return replace(added, op=Operation.REPLACE, old=removed.old, old_line=removed.old_line, old_start=removed.old_start)


def judge_fields(fields: Mapping[str, tuple[object, object]]) -> list[Reason]:
    """The reasons of changed fields; a title is read like a clause."""
    reasons = []
    for name, (old, new) in fields.items():
        if name == "title" and old and new:
            reasons += judge_title(str(old), str(new))
        elif old and new and strip_marks(squash_text(str(old))) == strip_marks(squash_text(str(new))):
            reasons.append(Reason("punctuation", str(old), str(new)))
        else:
            reasons.append(
                Reason(name, str(old), str(new), strength=1.0 if (old and new) or name == "validity" else 0.8)
            )
    return reasons


def judge_title(old: str, new: str) -> list[Reason]:
    """The reasons of an edited title: what changed in it, and that it is the title."""
    hunk = Hunk(op=Operation.REPLACE, old=old, new=new, old_line=1, new_line=1, old_start=0, new_start=0)
    found = judge_replacement(hunk, "", "")
    if all(reason.code == "punctuation" for reason in found):
        return found
    return [
        *(reason for reason in found if not reason.code.startswith(("text_", "section_"))),
        Reason("title", old, new),
    ]


def judge_readings(old: Document, new: Document) -> list[Reason]:
    """What the reply's anatomy says of a change: its result class, its addressees, the units that answer."""
    before, after = old.reply, new.reply
    if not (before and after):
        return []
    reasons = []
    if before.result_class and after.result_class and before.result_class != after.result_class:
        reasons.append(Reason("result_class", before.result_class, after.result_class))
    if before.addressees and after.addressees and set(before.addressees) != set(after.addressees):
        reasons.append(Reason("name", "、".join(before.addressees), "、".join(after.addressees)))
    return reasons


def rank_codes(reasons: Sequence[Reason], weights: Mapping[str, float] | None) -> tuple[str, ...]:
    """The codes without doubles, the heaviest first."""
    heaviest: dict[str, float] = {}
    for reason in reasons:
        score = weigh_reasons([(reason.code, reason.strength)], weights)
        heaviest[reason.code] = max(heaviest.get(reason.code, 0.0), score)
    return tuple(sorted(heaviest, key=lambda code: (-heaviest[code], code)))


def difference_json(
    old_outcome: Outcome | str, new_outcome: Outcome | str, difference: Difference
) -> dict[str, object]:
    """The object that ``replywatch diff`` prints.

    ``changed`` is true only when both outcomes are ok: what is not a document is never compared.
    """
    is_told = difference.changed and str(old_outcome) == str(new_outcome) == Outcome.OK.value
    told = difference if is_told else Difference()
    return {
        "changed": told.changed,
        "kinds": list(told.kinds),
        "score": told.score,
        "reasons": list(told.reasons),
        "old_outcome": str(old_outcome),
        "new_outcome": str(new_outcome),
        "fields": {name: list(pair) for name, pair in told.fields.items()},
        "hunks": [describe_hunk(hunk) for hunk in told.hunks],
        "summary": told.summary.zh,
        "summary_en": told.summary.en,
    }


def describe_hunk(hunk: Hunk) -> dict[str, object]:
    """A hunk as JSON."""
    return {
        "op": hunk.op.value,
        "old": hunk.old,
        "new": hunk.new,
        "old_line": hunk.old_line,
        "new_line": hunk.new_line,
        "old_start": hunk.old_start,
        "new_start": hunk.new_start,
    }
