"""Who may use the console: people, sessions, tokens, failed logins."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLES = "role IN ('read', 'decide', 'operate')"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "console_users",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(ROLES, name=op.f("ck_console_users_role")),
        sa.PrimaryKeyConstraint("name", name="pk_console_users"),
    )
    op.create_table(
        "console_sessions",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_name"], ["console_users.name"],
            name="fk_console_sessions_user_name_console_users",
        ),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_console_sessions"),
    )  # fmt: skip
    op.create_index("ix_console_sessions_user_name", "console_sessions", ["user_name"])
    op.create_table(
        "console_tokens",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(ROLES, name=op.f("ck_console_tokens_role")),
        sa.PrimaryKeyConstraint("name", name="pk_console_tokens"),
        sa.UniqueConstraint("token_sha256", name="uq_console_tokens_token_sha256"),
    )
    op.create_table(
        "console_failures",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_console_failures"),
    )
    op.create_index("ix_console_failures_at", "console_failures", ["at"])


def downgrade() -> None:
    """Back to the revision before."""
    for name in ("console_failures", "console_tokens", "console_sessions", "console_users"):
        op.drop_table(name)
