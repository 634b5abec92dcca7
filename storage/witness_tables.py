"""What outside archives were asked to keep, and what they answered."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class WitnessRow(Base):
    """A request for an outside copy because of a change; ``state`` is ``waiting``, ``kept`` or ``given_up``."""

    __tablename__ = "witnesses"

    change_id: Mapped[str] = mapped_column(String(64), ForeignKey("changes.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    due_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int]
    asked_at: Mapped[datetime | None]
    status: Mapped[int | None]
    location: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str] = mapped_column(Text)
