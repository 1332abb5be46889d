"""What the app is compared with: a relay that passes the stream through and does nothing else.

No sign-in, no storage, no reading of the stream: the least that FastAPI and httpx can do. Its clients have one
connection each, because one pool for all would cost more with every stream (see chat/upstreams/connections.py).
"""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncIterator

import httpx
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

PASSED_ON = ("content-type", "x-fabrix-client", "x-openapi-token")


def relay_to(url: str) -> FastAPI:
    """An app that sends every question to `url`."""
    app = FastAPI(openapi_url=None)
    verify = httpx.create_ssl_context()
    idle: list[httpx.AsyncClient] = []

    @app.post("/ask")
    async def ask(request: Request) -> StreamingResponse:
        client = idle.pop() if idle else httpx.AsyncClient(verify=verify, timeout=30)
        headers = {name: request.headers[name] for name in PASSED_ON}
        question = client.build_request("POST", url, content=await request.body(), headers=headers)
        response = await client.send(question, stream=True)

        async def pieces() -> AsyncIterator[bytes]:
            try:
                async for piece in response.aiter_raw():
                    yield piece
            finally:
                await response.aclose()
                idle.append(client)

        return StreamingResponse(pieces(), response.status_code, media_type=response.headers["content-type"])

    return app


def main() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        config = uvicorn.Config(relay_to(sys.argv[1]), log_level="warning", access_log=False)
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
