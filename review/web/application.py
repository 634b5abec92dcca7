"""The application: routes, static files, the guard in front."""

import json
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from review.web.access import Access
from review.web.cookies import YEAR, set_cookie
from review.web.desk import LANGUAGE_COOKIE, LANGUAGES, THEME_COOKIE, THEMES, find_desk
from review.web.limits import BURST, RATE, Limiter
from review.web.routes import (
    api,
    api_archive,
    archive,
    changes,
    comparing,
    dossiers,
    feeds,
    ignoring,
    pages,
    search,
    sign_in,
    sites,
    verdicts,
)
from review.web.security import is_local, protect
from storage.configuration import Configuration
from storage.database import Database

STATIC = Path(__file__).parent / "static"
ROUTERS: tuple[APIRouter, ...] = (
    sign_in.router,
    changes.router,
    verdicts.router,
    ignoring.router,
    comparing.router,
    dossiers.router,
    archive.router,
    pages.router,
    sites.router,
    search.router,
    feeds.router,
    api.router,
    api_archive.router,
)  # one an area, in the order in which paths are tried
MISTAKE = 422  # HTTP for values that are not what they should be
FAULTS = {403: "stale_form", 404: "not_found", 429: "too_often"}  # HTTP's status: the words for it


def create_application(
    configuration: Configuration,
    database: Database,
    *,
    hosts: frozenset[str] | None = frozenset(),
    access: Access | None = None,
) -> FastAPI:
    """The reading room over a database. ``hosts`` are names beside loopback under which it is reached.

    ``hosts`` None is any name: for where one must sign in. ``access`` None lets in whoever reaches the port.
    """
    application = FastAPI(title="replywatch", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    application.state.configuration = configuration
    application.state.database = database
    application.state.search_limit = Limiter(BURST, RATE)
    application.state.costly_limit = Limiter(BURST, RATE)
    application.state.hosts = hosts
    application.state.access = access or Access()
    protect(application)
    application.mount("/static", StaticFiles(directory=STATIC), name="static")
    application.include_router(settings)
    for router in ROUTERS:
        application.include_router(router)
    application.add_exception_handler(HTTPException, show_fault)
    application.add_exception_handler(RequestValidationError, show_mistake)
    return application


settings = APIRouter(include_in_schema=False)


@settings.get("/settings/{name}/{value}")
def keep_setting(request: Request, name: str, value: str) -> Response:
    """Keep language or theme in a cookie and go back to where the reader was."""
    allowed = {LANGUAGE_COOKIE: LANGUAGES, THEME_COOKIE: THEMES}
    if value not in allowed.get(name, ()):
        raise HTTPException(404)
    target = request.query_params.get("to", "/")
    response = RedirectResponse(target if is_local(target) else "/", 303)
    set_cookie(request, response, name, value, YEAR)
    return response


def show_fault(request: Request, error: Exception) -> Response:
    """A page that says what is wrong, in the reader's language."""
    assert isinstance(error, HTTPException)
    headers = error.headers or {}
    response = tell_fault(request, error.status_code, str(error.detail), wait=headers.get("Retry-After", ""))
    response.headers.update(headers)
    return response


def show_mistake(request: Request, error: Exception) -> Response:
    """The same for values that are not what they should be: which, and what they should be."""
    assert isinstance(error, RequestValidationError)
    said = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    names = ", ".join(str(one["loc"][-1]) for one in error.errors())
    return tell_fault(request, MISTAKE, "; ".join(said), names)


def tell_fault(request: Request, status: int, detail: str, names: str = "", wait: str = "") -> Response:
    """A page for a reader, which says the names of wrong values, or how many seconds to wait; a line for a program."""
    if request.url.path.startswith("/api/"):
        return Response(json.dumps({"detail": detail}), status, media_type="application/json")
    desk = find_desk(request)
    shown = desk.word("wrong_value", names=names) if names else ""
    name = FAULTS.get(status, "wrong")
    said, advice = desk.word(name), desk.word(f"{name}_help", seconds=wait)
    return desk.render("fault.html", status_code=status, said=said, help=advice, detail=shown)
