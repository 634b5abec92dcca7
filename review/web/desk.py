"""What a route needs: the database, the configuration, the reader's language and name, and a way to show a page.

How to add a page: a module in ``review/web/routes`` with ``router = APIRouter()``, functions that take a `Desk`
(``desk: CurrentDesk``) and return ``desk.render("name.html", key=value, …)`` or a plain response, a template in
``review/web/templates`` that extends ``base.html``, its words in ``review/web/words.py``, and the router's name in
``ROUTERS`` of ``review/web/application.py``. A form that writes needs ``{{ token_field() }}`` in it, and the route
``dependencies=[WRITING]``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from review.times import show_day, show_minute
from review.web.cookies import read_cookie
from review.web.words import ROOM
from review.words import KINDS, OUTCOMES, Phrase
from storage.configuration import Configuration
from storage.database import Database

LANGUAGES = ("zh", "en")
LANGUAGE_COOKIE, THEME_COOKIE = "language", "theme"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Desk:
    """One request's place to work.

    ``reviewer`` is the signed-in name; on loopback without users it is what the reviewer last wrote, perhaps empty.
    ``token`` belongs to the session and goes into every form that writes.
    """

    request: Request
    configuration: Configuration
    database: Database
    language: str
    theme: str
    reviewer: str
    token: str

    @property
    def is_signed_in(self) -> bool:
        """Whether the name is that of a user, whom no form can make another one."""
        return bool(self.reviewer) and self.request.app.state.access.users is not None

    @property
    def now(self) -> datetime:
        """The present time of the one clock."""
        return self.configuration.clock.now()

    def word(self, name: str, **values: object) -> str:
        """Words of the interface in the reader's language."""
        return ROOM[name].fill(**values).read_in(self.language)

    def read(self, phrase: Phrase) -> str:
        """A phrase in the reader's language."""
        return phrase.read_in(self.language)

    def render(
        self, template: str, *, status_code: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> HTMLResponse:
        """A page; every value is escaped."""
        zone = self.configuration.zone
        page = (
            make_environment()
            .get_template(template)
            .render(
                desk=self,
                language=self.language,
                theme=self.theme,
                word=self.word,
                read=self.read,
                kinds=KINDS,
                outcomes=OUTCOMES,
                path=self.request.url.path,
                query=self.request.url.query,
                token_field=lambda: Markup('<input type="hidden" name="token" value="{}">').format(self.token),
                show_minute=lambda instant: show_minute(instant, zone) if instant else "–",
                show_day=lambda instant: show_day(instant, zone) if instant else "–",
                **values,
            )
        )
        return HTMLResponse(page, status_code, dict(headers or {}))


@cache
def make_environment() -> Environment:
    """Templates of the room and, for what they share, of the report."""
    return Environment(
        loader=ChoiceLoader([PackageLoader("review", "web/templates"), PackageLoader("review", "templates")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def find_desk(request: Request) -> Desk:
    """The desk of a request: language and theme by cookie, else by the browser."""
    state = request.app.state
    language = read_cookie(request, LANGUAGE_COOKIE)
    theme = read_cookie(request, THEME_COOKIE)
    return Desk(
        request=request,
        configuration=state.configuration,
        database=state.database,
        language=language if language in LANGUAGES else choose_language(request.headers.get("accept-language", "")),
        theme=theme if theme in THEMES else THEMES[0],
        reviewer=getattr(request.state, "reviewer", ""),
        token=getattr(request.state, "token", ""),
    )


def choose_language(header: str) -> str:
    """``en`` when the browser prefers English to Chinese, else ``zh``: the pages that are read are Chinese."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weights.setdefault(tag.partition("-")[0].lower(), float(weight or 1))
        except ValueError:
            continue
    return "en" if weights.get("en", 0) > weights.get("zh", 0) else "zh"


CurrentDesk = Annotated[Desk, Depends(find_desk)]
PageId = Annotated[int, Path(ge=1, lt=2**63)]  # what a database takes
