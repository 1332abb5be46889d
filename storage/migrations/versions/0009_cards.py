"""What was found out about uploads when they were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=True),
        sa.Column("card", sa.JSON(), nullable=True),
        sa.Column("failure", sa.String(length=20), nullable=True),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_cards_file_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("file_id", name="pk_cards"),
    )
