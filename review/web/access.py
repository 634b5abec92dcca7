"""Who may come in: everybody, whoever has the token, or the users of a file.

With users, the token is for programs: it opens reading alone, and never carries a name.
"""

import asyncio
import base64
import hmac
import time
from dataclasses import dataclass, field

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from review.users import MOST_PASSWORD, UsersFile, check_password
from review.web.cookies import SIGNED_IN, read_cookie
from review.web.sessions import Sessions
from review.web.throttle import Throttle

SIGN_IN = "/sign-in"
OPEN = (SIGN_IN, "/report.css", "/dark.css", "/settings/", "/static/")  # what the sign-in page itself needs
READING = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_NAME = 100
AT_ONCE = 2  # passwords that are tried at the same time: each takes 32 MiB


@dataclass(slots=True)
class Access:
    """What opens the room. ``is_secure`` says that others reach it by https alone (`review.web.cookies`)."""

    token: str = ""
    users: UsersFile | None = None
    is_secure: bool = False
    sessions: Sessions = field(default_factory=lambda: Sessions(time.time))
    throttle: Throttle = field(default_factory=lambda: Throttle(time.monotonic))
    _trying: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    @property
    def is_open(self) -> bool:
        """Whether everybody who reaches the port is let in."""
        return not self.token and self.users is None

    def admit(self, request: Request) -> str | None:
        """The name of who is let in, empty where none is known; None for who is not."""
        if self.is_open:
            return ""
        given = read_credentials(request.headers.get("authorization", ""), self.token) if self.token else None
        if self.users is None:
            return given
        if (name := self.sessions.read(read_cookie(request, SIGNED_IN), self.users.read())) is not None:
            return name
        return "" if given is not None and request.method in READING else None

    async def try_password(self, name: str, password: str, address: str) -> tuple[str | None, float]:
        """A new session's cookie or None, and how many seconds to wait before the next try."""
        assert self.users is not None
        if wait := self.throttle.begin(name, address):
            return None, wait
        async with self._trying:
            users = self.users.read()
            is_right = await run_in_threadpool(check_password, users, name, password[: MOST_PASSWORD + 1])
        if not is_right:
            return None, 0.0
        self.throttle.forgive(name, address)
        return self.sessions.begin(name, users), 0.0


def read_credentials(header: str, access: str) -> str | None:
    """The name with which somebody signs in who knows the access token; None for everybody else.

    A browser gives it as the password beside any name (RFC 7617), a program as a bearer token, without a name.
    """
    scheme, _, value = header.partition(" ")
    name, given = "", value.strip()
    if scheme.lower() == "basic":
        try:
            name, _, given = base64.b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            return None
    elif scheme.lower() != "bearer":
        return None
    return name[:LONGEST_NAME] if hmac.compare_digest(given.encode(), access.encode()) else None


def is_open_path(path: str) -> bool:
    """Whether a path is given out before anybody signed in: it tells nothing of the archive."""
    return any(path == one or (one.endswith("/") and path.startswith(one)) for one in OPEN)
