"""The tables. Their history is in migrations/, and a test holds both equal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in the program, UTC in the database, which knows no time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


def now() -> datetime:
    """The time that goes into a row."""
    return datetime.now(UTC)


users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String(50), nullable=False),
    Column("username_key", String(50), nullable=False, unique=True),  # case-folded: "Kim" and "kim" are one person
    Column("email", String(254), nullable=False),
    Column("first_name", String(150), nullable=False, server_default=""),
    Column("last_name", String(150), nullable=False, server_default=""),
    Column("password_hash", LargeBinary, nullable=False),
    Column("role", String(10), nullable=False),  # user, staff, admin
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),  # the last use of any sign-in or API token, to the minute
)

# Signed-in browsers, and named API tokens.
logins = Table(
    "logins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(100)),  # an API token's; None = a sign-in
    Column("address", String(64), nullable=False),
    Column("browser", String(200), nullable=False, default=""),  # as it calls itself
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),  # None = never yet
    Column("expires_at", UtcDateTime),  # None = never
)

# Addresses that are good for one use: a new password, or the first administrator (without a user).
one_time_links = Table(
    "one_time_links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), index=True),
    Column("expires_at", UtcDateTime, nullable=False),
)

# Who did what to whom. Names are copied and nothing refers to users: the log outlives them. Triggers keep its rows
# from being changed or deleted.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor_id", Integer, index=True),  # None = nobody who is signed in, or a command
    Column("actor", String(50), nullable=False),
    Column("action", String(40), nullable=False, index=True),
    Column("subject_id", Integer, index=True),  # None = nobody in particular
    Column("subject", String(50), nullable=False),
    Column("address", String(64), nullable=False),
    Column("details", JSON, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("agent_id", String(200), nullable=False),
    Column("title", String(200), nullable=False),  # "" until the first question gives one
    Column("leaf_id", String(32)),  # the message that the conversation goes on from; None at the beginning
    Column("pinned", Boolean, nullable=False, default=False),  # no clean-up takes it
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_conversations_user_id_updated_at", "user_id", "updated_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", String(32), primary_key=True),  # ids sort by time: this index is "in order"
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("parent_id", String(32)),  # a tree: an edited question and another answer are siblings
    Column("role", String(10), nullable=False),  # user, assistant, system
    Column("content", Text, nullable=False),
    Column("thinking", Text, nullable=False, default=""),
    Column("links", JSON, nullable=False, default=list),  # the answer's references: [{"title", "url"}]
    Column("work", JSON(none_as_null=True)),  # how it was computed, as chat.events.Work; None = nobody said
    Column("suggestions", JSON, nullable=False, default=list, server_default="[]"),  # questions to ask next
    Column("agent_id", String(200)),  # who was asked; None for what nobody was asked
    Column("file_id", ForeignKey("files.id", ondelete="SET NULL"), index=True),
    Column("truncated", Boolean, nullable=False, default=False),
    Column("totals", JSON(none_as_null=True)),  # the control totals of the file that an answer is about
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_messages_conversation_id_id", "conversation_id", "id"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("agent_id", String(200), nullable=False),
    Column("user_message_id", String(32), nullable=False),
    Column("message_id", String(32), nullable=False, unique=True),
    Column("client_id", String(100)),  # the caller's own id of this request: a repeat makes no second turn
    Column("state", String(12), nullable=False, index=True),
    Column("error_code", String(40)),
    Column("error_notice", Text),
    Column("error_number", String(10), index=True),
    Column("last_event", Integer, nullable=False, default=0),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("first_delta_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # What the turn took; None = not reported, or it never came so far.
    Column("waited_ms", Integer),
    Column("first_delta_ms", Integer),  # from the question to the first piece of answer
    Column("total_ms", Integer),
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("tokens_estimated", Boolean),
    Column("tries", Integer),
    UniqueConstraint("conversation_id", "client_id"),
)

# The same of each direct call of a program, which belongs to no conversation and keeps no text.
calls = Table(
    "calls",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("agent_id", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    Column("error_code", String(40)),
    Column("error_number", String(10), index=True),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("waited_ms", Integer),
    Column("first_delta_ms", Integer),
    Column("total_ms", Integer),
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("tokens_estimated", Boolean),
    Column("tries", Integer),
)

# What was sent to an upstream lately: after a restart the limits go on from here. Nothing refers to users or turns,
# for what has been spent stays spent when they are deleted.
spends = Table(
    "spends",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("upstream", String(50), nullable=False),
    Column("user_id", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("requests", Integer, nullable=False),
    Column("tokens", Integer, nullable=False),
)

# What single people may, where it differs from the default; None = the default holds, 0 = no limit.
allowances = Table(
    "allowances",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("requests_per_minute", Integer),
    Column("tokens_per_day", Integer),
)

files = Table(
    "files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), index=True),  # None: not sent yet
    Column("message_id", String(32), index=True),  # the answer that made it; None for an upload
    Column("kind", String(10), nullable=False),  # attachment, chart (a PNG), svg (a chart once more), table
    Column("name", String(255), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("sha256", String(64), nullable=False),
    Column("spec", JSON),  # a chart's Vega-Lite specification
    Column("svg_id", String(32)),  # the file that has a chart as SVG
    Column("rows", Integer),  # a table's, without its header
    Column("created_at", UtcDateTime, nullable=False),
)

# What was found out about an upload when it was read: its intake card, or why it can't be read.
cards = Table(
    "cards",
    metadata,
    Column("file_id", ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
    Column("choice", JSON),  # what its user has chosen instead of what was found; None = nothing
    Column("card", JSON),  # None = it can't be read
    Column("failure", String(20)),  # the reason, a key of the analyst's sentences
    Column("read_at", UtcDateTime, nullable=False),
)

# What an administrator has changed while the server ran, over secrets.toml.
overrides = Table(
    "overrides",
    metadata,
    Column("name", String(100), primary_key=True),  # "rate_limit.rpm"
    Column("value", JSON, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(50), nullable=False),  # a user name
)

# Who opened somebody's conversation, and why: its owner is shown this.
openings = Table(
    "openings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("administrator_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),  # None = deleted meanwhile
    Column("administrator", String(50), nullable=False),  # a user name, which outlives its user
    Column("reason", String(500), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
