"""An archived answer shown: its bytes as they came where nothing in them can act, else made ready, or as a file."""

from dataclasses import dataclass

from fastapi import Response

from review.drawings import prepare_drawing
from review.media_types import Manner, judge_type, write_disposition, write_type
from review.memento import Door, encode_address
from review.replay import decode_page, list_parts, prepare_page, resolve_url, write_policy
from storage.archive.messages import ArchivedResponse
from storage.database import Database
from storage.mementos import Holding, find_places

RAW = "id_"
MOST_PARTS = 500  # pictures and style sheets of a page that are looked up
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An archived answer and how it is asked for. ``headers`` are those that go with it whatever it is."""

    database: Database
    door: Door
    shown: Holding
    response: ArchivedResponse
    modifier: str
    headers: dict[str, str]

    @property
    def kind(self) -> str:
        """The archived ``Content-Type``."""
        return {name.lower(): value for name, value in self.response.headers}.get("content-type", "")

    def show(self) -> Response:
        """The answer. Raw, what a browser would make a document of is given out as a file, byte for byte."""
        url, kind = self.shown.capture.url, self.kind
        status, headers = self.response.status or 200, dict(self.headers)
        if status in _REDIRECTS and (target := resolve_url(url, self.read_location())):
            headers["Location"] = self.name_address(target)
        if status in (204, 304) or status < 200:  # noqa: PLR2004 - answers that have no body
            return Response(status_code=max(status, 200), headers=headers)
        manner = judge_type(kind)
        if manner is Manner.PASSIVE or manner is Manner.FILE or self.modifier == RAW:
            headers["Content-Type"] = write_type(kind)
            if manner is not Manner.PASSIVE:
                headers["Content-Disposition"] = write_disposition(url)
            return Response(self.response.body, status_code=status, headers=headers)
        text, headers["Content-Type"] = self.prepare(manner)
        headers["Content-Security-Policy"] = write_policy(f"{self.door.base}/")
        return Response(text.encode(errors="replace"), status_code=status, headers=headers)

    def prepare(self, manner: Manner) -> tuple[str, str]:
        """The answer as a text in which nothing acts, and its type; a drawing that is none is shown as its source."""
        url, body = self.shown.capture.url, self.response.body
        if manner is Manner.DRAWING and (drawn := prepare_drawing(body, url, self.name_address)) is not None:
            return drawn, "image/svg+xml; charset=utf-8"
        text = decode_page(body, self.kind)
        if manner is not Manner.PAGE:
            return text, "text/plain; charset=utf-8"
        held = find_places(self.database, list_parts(text, url)[:MOST_PARTS])
        return prepare_page(text, url, self.name_address, held), "text/html; charset=utf-8"

    def read_location(self) -> str:
        """Where the answer leads."""
        return next((value for name, value in self.response.headers if name.lower() == "location"), "")

    def name_address(self, target: str) -> str:
        """The archive's address of a URL at the time of this capture."""
        stamp = self.door.memento(self.shown, self.modifier)
        return encode_address(stamp.removesuffix(self.shown.capture.url) + target)
