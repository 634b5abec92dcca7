"""A site in the Zhengzhou manner that holds one saved page: a list with one row, and the page's bytes as they are."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.site import answers
from tests.site.answers import Answer, Request, Seen
from tests.site.model import Column, Plan
from tests.site.seeding import render_seed

_COLUMN = Column("D1102X", "提案", "政协提案答复")


@dataclass(slots=True)
class SavedPage:
    """The bytes of one page under ``/D1102X/<id>.jhtml``, and the list that leads to it."""

    body: bytes
    title: str
    listed_on: str
    key: str = "5923641"
    base: str = ""
    requests: list[Seen] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where the page stands."""
        return f"/{_COLUMN.code}/{self.key}.jhtml"

    def write_seed(self, folder: Path) -> Path:
        """Write a seed file for the site into a folder and give its path."""
        plan = Plan(key="saved", name="郑州市人民政府", columns=(_COLUMN,), articles=())
        places = [(_COLUMN, f"/?a=path&p={_COLUMN.code}&page=1")]
        path = folder / "saved.toml"
        path.write_text(render_seed(plan, self.base, places, delay=0.0, cms="zhengzhou"), encoding="utf-8")
        return path

    def respond(self, request: Request) -> Answer:
        """The list, the page, or 404."""
        if request.path == self.path:
            return Answer(body=self.body, headers=(("Content-Type", "text/html"),))
        if request.path == "/" and request.query.get("p") == _COLUMN.code:
            return answers.answer_html(self._render_list())
        return answers.report_missing()

    def note_request(self, seen: Seen) -> None:
        """Keep the log."""
        self.requests.append(seen)

    def _render_list(self) -> str:
        return f"""<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{_COLUMN.name}</title></head><body>
<div class="header"><a href="/">信息公开</a></div>
<ul class="common-list">
<a href="{self.path}" target="_blank"><span>{self.title}</span><em>{self.listed_on}</em></a>
</ul>
<div class="page-tile"><span class="current">1</span></div></body></html>"""
