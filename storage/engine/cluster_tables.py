"""The tables by which services on several machines agree: who plans, whose turn a host is.

And what runs have written, wherever they were carried.

As in ``storage.engine.tables``: each column's meaning, nothing else.
"""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.engine.tables import Base, Id, Instant


class PlannerRow(Base):
    """The one service that plans; a single row, of id 1."""

    __tablename__ = "planner"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    holder: Mapped[str | None] = mapped_column(Text)  # its host and process; None: given up
    token: Mapped[int] = mapped_column(Integer)  # raised each time that it is taken
    beats: Mapped[int] = mapped_column(Integer)  # raised each time that it is prolonged


class HostTurnRow(Base):
    """The last turn that was given on one host, to whoever asked; it may lie ahead."""

    __tablename__ = "host_turns"

    host: Mapped[str] = mapped_column(Text, primary_key=True)
    turn_at: Mapped[float] = mapped_column(Float(53))  # seconds since 1970, the database's clock
    delay_seconds: Mapped[float] = mapped_column(Float(53))  # that this turn keeps others away


class RunOutputRow(Base):
    """The end of what one start of a run wrote; made when it begins, so that it begins once."""

    __tablename__ = "run_outputs"
    __table_args__ = (Index(None, "begun_at"),)

    run_id: Mapped[int] = mapped_column(
        Id, ForeignKey("runs.id"), primary_key=True, autoincrement=False
    )
    token: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    machine: Mapped[str] = mapped_column(Text)  # host and process that carried it
    begun_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    output: Mapped[str] = mapped_column(Text)
