"""An index for reports over a range of days."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for table in ("turns", "calls"):
        op.create_index(f"ix_{table}_created_at", table, ["created_at"])
