"""A selection of changes taken away as one ZIP file."""

import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response, StreamingResponse
from starlette.exceptions import HTTPException

from review.dossier import Frame
from review.dossier_file import Archive, write_dossier
from review.web.desk import CurrentDesk, Desk
from review.web.listing import FILTERS, read_selection
from review.web.security import WRITING
from review.words import Phrase
from storage.archive.errors import ArchiveError
from storage.dossiers import find_hidden, list_chosen
from storage.inbox import Selection

router = APIRouter(include_in_schema=False)
MOST = 1_000  # changes in a dossier that a browser waits for; the command makes larger ones
TURNS = threading.BoundedSemaphore(2)  # each takes a while, and a place on the disk
BAD, TOO_MANY, BUSY = 400, 413, 503
WAIT = {"Retry-After": "30"}
WORDS: dict[str, Phrase] = {
    "many": Phrase(
        "超过 {most} 项变更：请先筛选，或用命令 replywatch dossier。",
        "More than {most} changes: narrow the list first, or use the command replywatch dossier.",
    ),
    "none": Phrase("没有可以装入卷宗的变更。", "There is no change to put into a dossier."),
    "busy": Phrase("正在制作别的卷宗，请稍后再试。", "Other dossiers are being made. Try again in a while."),
    "lost": Phrase(
        "存档中缺少所需的记录，请运行 replywatch verify。", "A record is not in the archive: run replywatch verify."
    ),
}


@router.post("/dossier", dependencies=[WRITING])
def make_dossier(
    desk: CurrentDesk,
    change: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies defaults
    verdicts: Annotated[str, Form()] = "",
    wacz: Annotated[str, Form()] = "",
) -> Response:
    """The chosen changes, or, when none is chosen, all that the filters in the URL let through, as one ZIP file.

    It changes nothing, and needs the token of a write all the same: no other site shall set it to work.
    """
    if len(change) > MOST:
        raise HTTPException(BAD)
    query = desk.request.query_params
    selection = Selection(verdict=None) if change else read_selection(query, desk.configuration.zone)
    ids = list_chosen(desk.database, selection, change, MOST)
    if len(ids) > MOST:
        return tell_fault(desk, TOO_MANY, "many")
    hidden = set() if change or "hidden" in query else find_hidden(desk.database, ids)
    if not (ids := [one for one in ids if one not in hidden]):
        return tell_fault(desk, BAD, "none")
    if not TURNS.acquire(blocking=False):
        return tell_fault(desk, BUSY, "busy")
    frame = Frame(
        made_at=desk.now,
        timezone=desk.configuration.timezone,
        selection=() if change else tuple((name, query[name]) for name in FILTERS if query.get(name)),
        hidden=len(hidden),
        has_verdicts=bool(verdicts),
    )
    try:
        stream = build_file(desk, ids, frame, has_archive=bool(wacz))
    except ArchiveError:
        return tell_fault(desk, BUSY, "lost")
    finally:
        TURNS.release()
    return send_file(desk, stream)


def tell_fault(desk: Desk, status: int, name: str) -> Response:
    """A page that says why there is no dossier."""
    headers = WAIT if status == BUSY else {}
    said = desk.read(WORDS[name].fill(most=MOST))
    return desk.render("fault.html", status_code=status, headers=headers, said=said, help="", detail="")


def build_file(desk: Desk, ids: Sequence[str], frame: Frame, *, has_archive: bool) -> IO[bytes]:
    """The finished file, open, and without a name any more: it goes when it is closed, whatever happens."""
    configuration = desk.configuration
    archive = Archive(directory=configuration.archive_dir, software=configuration.user_agent.split(" ")[0])
    with tempfile.TemporaryDirectory(prefix="dossier-") as folder:
        path = Path(folder) / "dossier.zip"
        for _ in write_dossier(path, desk.database, ids, frame, archive=archive if has_archive else None):
            pass
        return path.open("rb")


def send_file(desk: Desk, stream: IO[bytes]) -> Response:
    """The file as a download."""
    length = stream.seek(0, 2)
    stream.seek(0)
    name = f"dossier-{desk.now.astimezone(desk.configuration.zone):%Y%m%d-%H%M%S}.zip"
    headers = {
        "Content-Length": str(length),
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(read_pieces(stream), media_type="application/zip", headers=headers)


def read_pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The file piece by piece."""
    with stream:
        while piece := stream.read(1 << 16):
            yield piece
