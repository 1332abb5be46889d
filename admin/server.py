"""The HTTP server around the application, and how it ends."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

import uvicorn
from fastapi import FastAPI

from storage.settings import Settings


class _Server(uvicorn.Server):
    """Ends the running turns first: their watchers then hear the end, and their streams close by themselves."""

    def __init__(self, config: uvicorn.Config, *, end_turns: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._end_turns = end_turns

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._end_turns()
        await super().shutdown(sockets)


def uvicorn_server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        lifespan="on",  # an application that can't start must not answer
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.server.trusted_proxies),
        forwarded_allow_ips=list(settings.server.trusted_proxies),
        timeout_graceful_shutdown=3,
    )
    return _Server(config, end_turns=app.state.end_turns)
