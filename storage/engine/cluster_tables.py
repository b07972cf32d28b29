"""The tables that services on several machines agree by: who plans, and whose turn a host is.

As in ``storage.engine.tables``: each column's meaning, nothing else.
"""

from sqlalchemy import Float, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.engine.tables import Base


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
