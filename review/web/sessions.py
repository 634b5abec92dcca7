"""Signed-in sessions: a cookie that says who, until when, signed so that nobody else can write it.

The signature's key is made of the process's key and of the user's password hash: a new password, or a name that is let
in no more, ends every session of that name. What was signed out is remembered until it would have ended anyway. With
the process its key ends, and so do all sessions.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable

from review.users import Users

LASTING = 12 * 3600.0  # seconds


class Sessions:
    """Makes, reads and ends sessions; ``now`` gives seconds since 1970."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._key = secrets.token_bytes(32)
        self._ended: dict[str, float] = {}

    def begin(self, name: str, users: Users) -> str:
        """The cookie of a new session of a user."""
        until = int(self._now() + LASTING)
        said = f"{until}.{secrets.token_urlsafe(12)}.{base64.urlsafe_b64encode(name.encode()).decode()}"
        return f"{said}.{self._sign(said, users[name])}"

    def read(self, cookie: str, users: Users) -> str | None:
        """Whose session a cookie is; None when it is over, was ended, or is none of ours."""
        said, _, signature = cookie.rpartition(".")
        try:
            until, mark, coded = said.split(".")
            name = base64.urlsafe_b64decode(coded.encode()).decode()
            is_lasting = int(until) > self._now()
        except ValueError:
            return None
        if name not in users or not hmac.compare_digest(self._sign(said, users[name]).encode(), signature.encode()):
            return None
        return name if is_lasting and mark not in self._ended else None

    def end(self, cookie: str, users: Users) -> None:
        """End a session for good."""
        if self.read(cookie, users) is None:
            return
        until, mark, _ = cookie.split(".", 2)
        now = self._now()
        self._ended = {one: end for one, end in self._ended.items() if end > now} | {mark: float(until)}

    def _sign(self, said: str, text: str) -> str:
        key = hmac.new(self._key, text.encode(), hashlib.sha256).digest()
        return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()
