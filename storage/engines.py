"""One engine a database and process, however often the database is opened: what SQLAlchemy keeps for one, it keeps.

The statements that it put together for an engine stay in its mappers as long as the process lives, so a service that
made an engine each cycle would grow. Connections do not stay: who opened last closes them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Engine

KEPT = 8  # engines that nobody uses, for the next opening


@dataclass(slots=True)
class SharedEngines:
    """The engines of a process by what they were made of, and how many use each. Safe in threads."""

    _engines: dict[object, Engine] = field(default_factory=dict)
    _users: dict[Engine, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, key: object, create: Callable[[], Engine]) -> Engine:
        """The engine of a key, made if there is none; to be given back."""
        with self._lock:
            engine = self._engines.pop(key, None) or create()
            self._engines[key] = engine  # the last used is the last in order
            self._users[engine] = self._users.get(engine, 0) + 1
            unused = [old for old, one in self._engines.items() if not self._users[one]]
            for old in unused[:-KEPT]:
                del self._users[self._engines.pop(old)]
            return engine

    def give_back(self, engine: Engine) -> None:
        """Close the connections of an engine, unless somebody else still uses it."""
        with self._lock:
            self._users[engine] = max(self._users.get(engine, 0) - 1, 0)
            is_used = self._users[engine] > 0
            if engine not in self._engines.values():
                del self._users[engine]
        if not is_used:
            engine.dispose()
