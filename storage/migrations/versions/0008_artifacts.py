"""Result tables, charts as SVG, how an answer was computed, and what to ask next."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("messages", sa.Column("work", sa.JSON()))
    op.add_column("messages", sa.Column("suggestions", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("files", sa.Column("svg_id", sa.String(length=32)))
    op.add_column("files", sa.Column("rows", sa.Integer()))
