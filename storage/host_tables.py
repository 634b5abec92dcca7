"""The table of hosts: how each answered, and until when it rests."""

from datetime import datetime

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables import Base


class HostRow(Base):
    """A host that was asked for, as the last crawl left it: see `storage.hosts.HostNews` and `storage.hosts.HostState`.

    ``requests``, ``answers`` and ``seconds`` (of all answers together) count from the first crawl on.
    """

    __tablename__ = "hosts"

    host: Mapped[str] = mapped_column(Text, primary_key=True)
    site: Mapped[str] = mapped_column(String(100))
    trouble: Mapped[str] = mapped_column(String(12))
    available_at: Mapped[datetime | None]
    failures: Mapped[int]
    openings: Mapped[int]
    last_outcome: Mapped[str] = mapped_column(String(20))
    last_error: Mapped[str]
    requests: Mapped[int] = mapped_column(BigInteger)
    answers: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float]
    seen_at: Mapped[datetime]
    certificate_since: Mapped[datetime | None]
    certificate_until: Mapped[datetime | None]
