"""The tables of the console's access: people, sessions, tokens, failed logins.

As in ``storage.engine.tables``: each column's meaning, nothing else.  Nothing in here can be
used to log in: passwords are argon2 hashes, sessions and tokens are kept as SHA-256.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.engine.tables import Base, Id, Instant

ROLES = "role IN ('read', 'decide', 'operate')"


class ConsoleUserRow(Base):
    """A person who may log in."""

    __tablename__ = "console_users"
    __table_args__ = (CheckConstraint(ROLES, name="role"),)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    password_hash: Mapped[str] = mapped_column(Text)  # argon2id, with its own parameters
    role: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ConsoleSessionRow(Base):
    """One login that has not ended."""

    __tablename__ = "console_sessions"
    __table_args__ = (Index(None, "user_name"),)

    token_sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    user_name: Mapped[str] = mapped_column(Text, ForeignKey("console_users.name"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class ConsoleTokenRow(Base):
    """A token by which a program uses the API."""

    __tablename__ = "console_tokens"
    __table_args__ = (CheckConstraint(ROLES, name="role"), UniqueConstraint("token_sha256"))

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    token_sha256: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ConsoleFailureRow(Base):
    """One failed login: under which name, from which address."""

    __tablename__ = "console_failures"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
