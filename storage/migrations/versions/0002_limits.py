"""What a turn took, what was spent lately, and what single people may."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for name in ("waited_ms", "first_delta_ms", "total_ms", "tokens_in", "tokens_out"):
        op.add_column("turns", sa.Column(name, sa.Integer()))
    op.add_column("turns", sa.Column("tokens_estimated", sa.Boolean()))
    op.add_column("turns", sa.Column("tries", sa.Integer()))
    op.create_table(
        "spends",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("upstream", sa.String(length=50), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_spends"),
    )
    op.create_index("ix_spends_at", "spends", ["at"])
    op.create_table(
        "allowances",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("requests_per_minute", sa.Integer(), nullable=True),
        sa.Column("tokens_per_day", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name="pk_allowances"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_allowances_user_id", ondelete="CASCADE"),
    )
