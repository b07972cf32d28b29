"""The table of incidents, in a module of its own: `cppcc incidents list` maps no other of them.

As in ``storage.engine.tables``: each column's meaning, nothing else.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.engine.tables import Base, Id, Instant, partial_index

NOT_RESOLVED = text("state <> 'resolved'")


class IncidentRow(Base):
    """Something that is broken or missing, from its opening to its end."""

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'acknowledged', 'resolved')", name="state"),
        partial_index(
            "uq_incidents_unresolved",
            "subject",
            "failure_class",
            where=NOT_RESOLVED,
            unique=True,
        ),
        Index(None, "state", "opened_at"),
        Index(None, "source_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(
        Text
    )  # "source:<id>" or "coverage:<region>:<level>:<year>"
    source_id: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    failure_class: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    run_id: Mapped[int | None] = mapped_column(Id)  # the last run that showed it
    opened_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_by: Mapped[str | None] = mapped_column(Text)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    note: Mapped[str | None] = mapped_column(Text)
    told_key: Mapped[str | None] = mapped_column(Text)  # message that told of its opening
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    recovery_key: Mapped[str | None] = mapped_column(Text)  # message that told of its end
