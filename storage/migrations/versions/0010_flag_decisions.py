"""Who decided a flag, and all that was decided of it: a decision can be undone, not lost."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table; decisions of before become its first rows."""
    op.add_column("flags", sa.Column("decided_by", sa.Text(), nullable=True))
    op.create_table(
        "flag_decisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("flag_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'accepted', 'dismissed')", name=op.f("ck_flag_decisions_status")
        ),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name="fk_flag_decisions_flag_id_flags"),
        sa.PrimaryKeyConstraint("id", name="pk_flag_decisions"),
    )
    op.create_index("ix_flag_decisions_flag_id", "flag_decisions", ["flag_id"])
    op.execute(
        'INSERT INTO flag_decisions (flag_id, at, "by", status, why, revision)'
        " SELECT f.id, f.decided_at, NULL, f.status, f.note, p.revision"
        " FROM flags f JOIN publications p ON p.id = f.publication_id"
        " WHERE f.status <> 'open' AND f.decided_at IS NOT NULL ORDER BY f.id"
    )


def downgrade() -> None:
    """Back to the revision before."""
    op.drop_table("flag_decisions")
    op.drop_column("flags", "decided_by")
