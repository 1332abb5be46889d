"""What an answer makes besides text, kept as files of its message."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any, Literal

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from chat.events import Chart, ResultTable
from chat.result_tables import packed
from storage import files
from storage.conversations import StoredFile
from storage.database import Database
from storage.files import FileStore
from storage.turns import Turn

Format = Literal["png", "svg", "csv", "xlsx"]
MOST_BYTES = 64 << 20  # of one file; the analyst's processes say no more than that
LONGEST_TITLE = 200  # characters


class Artifacts:
    """Keeps charts and tables. The files are the user's, and go with the message."""

    def __init__(self, database: Database, *, store: FileStore) -> None:
        self._database = database
        self._store = store

    async def keep(self, turn: Turn, made: Chart | ResultTable) -> dict[str, Any]:
        """Store what the turn's answer made; the artifact as the API tells it."""
        title = made.title.strip()[:LONGEST_TITLE]
        if isinstance(made, Chart):
            contents = {"chart": made.png, **({"svg": made.svg} if made.svg else {})}
        else:
            contents = {"table": await asyncio.to_thread(packed, made)}
        saved = {kind: await asyncio.to_thread(self._save, content) for kind, content in contents.items()}

        def work(connection: Connection) -> StoredFile:
            def add(kind: str, ending: str, media_type: str, **more: Any) -> StoredFile:
                file_id, size, sha256 = saved[kind]
                return files.add(
                    connection,
                    file_id=file_id,
                    user_id=turn.user_id,
                    name=f"{title or kind}.{ending}",
                    media_type=media_type,
                    size=size,
                    sha256=sha256,
                    kind=kind,
                    conversation_id=turn.conversation_id,
                    message_id=turn.message_id,
                    **more,
                )

            if isinstance(made, ResultTable):
                return add("table", "csv", "application/gzip", rows=len(made.rows))
            svg = add("svg", "svg", "image/svg+xml") if made.svg else None
            return add("chart", "png", "image/png", spec=made.spec, svg_id=svg.id if svg else None)

        try:
            return artifact_of_file(await self._database.write(work))
        except SQLAlchemyError:  # the conversation has been deleted meanwhile, say
            self._store.discard([file_id for file_id, _, _ in saved.values()])
            raise

    def _save(self, content: bytes) -> tuple[str, int, str]:
        return self._store.save(BytesIO(content), limit=MOST_BYTES)


def artifact_of_file(file: StoredFile) -> dict[str, Any]:
    """A file that an answer made, as the API shows it; the first of its formats is what it comes in unasked."""
    facts: dict[str, Any] = {"kind": file.kind, "file_id": file.id, "name": file.name, "size": file.size}
    told = {**facts, "title": file.name.rpartition(".")[0], "formats": list(formats_of(file))}
    return told if file.rows is None else {**told, "rows": file.rows}


def formats_of(file: StoredFile) -> tuple[Format, ...]:
    """In which formats it can be taken away, the usual one first."""
    if file.kind == "table":
        return ("csv", "xlsx")
    if file.kind == "chart":
        return ("png", "svg") if file.svg_id else ("png",)
    return ()
