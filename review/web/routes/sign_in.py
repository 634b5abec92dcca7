"""Signing in with a name and a password, and out."""

import unicodedata
from math import ceil
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from review.web.access import LONGEST_NAME, SIGN_IN, Access
from review.web.cookies import SIGNED_IN, drop_cookie, read_cookie, set_cookie
from review.web.desk import CurrentDesk, Desk
from review.web.security import WRITING, is_local
from review.web.sessions import LASTING
from review.words import Phrase

router = APIRouter(include_in_schema=False)
NO_STORE = {"Cache-Control": "no-store"}
NOT_FOUND, NOT_RIGHT, TOO_OFTEN = 404, 401, 429
WORDS: dict[str, Phrase] = {
    "title": Phrase("登录", "Sign in"),
    "name": Phrase("姓名", "Name"),
    "password": Phrase("密码", "Password"),
    "submit": Phrase("登录", "Sign in"),
    "wrong": Phrase("姓名或密码不对。", "Name or password is not right."),
    "expired": Phrase(
        "登录已过期，刚才的内容尚未保存。请重新登录，再提交一次。",
        "You are no longer signed in, so nothing was saved. Sign in and send it again.",
    ),
    "wait": Phrase("尝试次数过多，请 {seconds} 秒后再试。", "Too many tries. Try again in {seconds} seconds."),
    "help": Phrase("忘记密码请找管理员重设。", "Ask your administrator for a new password if you forgot yours."),
}


@router.get(SIGN_IN)
def show_form(desk: CurrentDesk, request: Request, to: str = "/", expired: str = "") -> Response:
    """The form; who is signed in goes on to where they were. ``expired`` is said to who had sent a form too late."""
    find_access(request)
    target = to if is_local(to) else "/"
    if desk.reviewer:
        return RedirectResponse(target, 303, NO_STORE)
    return render_form(desk, target, said=WORDS["expired"] if expired else None, status=200)


@router.post(SIGN_IN, dependencies=[WRITING])
async def sign_in(
    desk: CurrentDesk,
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "/",
) -> Response:
    """Let in who gives name and password, and lead them to where they wanted to go."""
    access = find_access(request)
    name = unicodedata.normalize("NFC", name.strip())[:LONGEST_NAME]
    address = request.client.host if request.client else ""
    cookie, wait = await access.try_password(name, password, address)
    target = to if is_local(to) else "/"
    if cookie is None:
        said = WORDS["wait"].fill(seconds=ceil(wait)) if wait else WORDS["wrong"]
        return render_form(desk, target, name, said, wait)
    response = RedirectResponse(target, 303, NO_STORE)
    set_cookie(request, response, SIGNED_IN, cookie, int(LASTING))
    return response


@router.post("/sign-out", dependencies=[WRITING])
def sign_out(request: Request) -> Response:
    """End the session, also for whoever else has its cookie."""
    access = find_access(request)
    assert access.users is not None
    access.sessions.end(read_cookie(request, SIGNED_IN), access.users.read())
    response = RedirectResponse(SIGN_IN, 303, NO_STORE)
    drop_cookie(request, response, SIGNED_IN)
    return response


def find_access(request: Request) -> Access:
    """What opens the room, where it has users.

    Raises:
        HTTPException: 404, there are no users.
    """
    access: Access = request.app.state.access
    if access.users is None:
        raise HTTPException(NOT_FOUND)
    return access


def render_form(
    desk: Desk, to: str, name: str = "", said: Phrase | None = None, wait: float = 0.0, status: int = NOT_RIGHT
) -> Response:
    """The form, with what was wrong with the last try."""
    status = TOO_OFTEN if wait else status
    headers = NO_STORE | ({"Retry-After": str(ceil(wait))} if wait else {})
    return desk.render("sign_in.html", status_code=status, headers=headers, form=WORDS, to=to, name=name, said=said)
