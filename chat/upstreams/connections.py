"""The connections to an upstream: spread over several pools, and one second try where an idle connection had died."""

from __future__ import annotations

import math
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from chat.upstreams.patience import Patience

# httpx walks through all connections of a pool at each start and end of a request, idle ones with a system call each,
# so a pool's cost grows with the square of its size. 200 streams at once on warm connections: the first delta after
# 3.0 s from one pool, 0.7 s from pools of 32, 0.3 s from pools of 8, 0.2 s from pools of 4.
_PER_POOL = 4

# Below the 5 s after which many servers close an idle connection.
_KEEP_IDLE_SECONDS = 4.0


@dataclass(slots=True)
class _Pool:
    client: httpx.AsyncClient
    streams: int = 0


class Connections:
    """All HTTP to an upstream goes through `response_to`. No redirects, no cookies."""

    def __init__(
        self, *, max_connections: int, timeout: httpx.Timeout, client: httpx.AsyncClient | None = None
    ) -> None:
        """With a `client` given, that one alone is used, and closed by `aclose` too."""
        if client is not None:
            self._pools, self._fresh = [_Pool(client)], client
            return
        verify = httpx.create_ssl_context()  # shared: each takes tens of milliseconds and a megabyte
        count = math.ceil(max_connections / _PER_POOL)
        sizes = [len(range(start, max_connections, count)) for start in range(count)]
        self._pools = [_Pool(_client(_limits(size), timeout, verify)) for size in sizes]
        self._fresh = _client(
            httpx.Limits(max_connections=max_connections, max_keepalive_connections=0), timeout, verify
        )

    @asynccontextmanager
    async def response_to(
        self, build: Callable[[httpx.AsyncClient], httpx.Request], patience: Patience
    ) -> AsyncIterator[httpx.Response]:
        """The response to the request that `build` makes, its body unread; leaving closes what wasn't read to its end.

        Raises httpx's exceptions, and `TimeoutError` when `patience` ends first.
        """
        # The least busy pool, and the first of those: under a light load one pool keeps its connections warm.
        pool = min(self._pools, key=lambda pool: pool.streams)
        pool.streams += 1
        try:
            response = await patience.wait(self._send(pool.client, build(pool.client)))
            try:
                yield response
            finally:
                await response.aclose()
        finally:
            pool.streams -= 1

    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.client.aclose()
        await self._fresh.aclose()

    async def _send(self, client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
        """Send it, and once more on a new connection where the server had closed the idle one that was picked."""
        watch = _Watch()
        request.extensions["trace"] = watch
        try:
            return await client.send(request, stream=True, follow_redirects=False)
        except (httpx.RemoteProtocolError, httpx.NetworkError) as error:
            if not watch.was_stale(error):
                raise
        return await self._fresh.send(request, stream=True, follow_redirects=False)


class _Watch:
    """httpcore's trace of one request: tells whether it went out on a connection that was open before."""

    def __init__(self) -> None:
        self._is_new = False
        self._is_sent = False

    async def __call__(self, name: str, info: dict[str, Any]) -> None:
        if name == "connection.connect_tcp.started":
            self._is_new = True
        elif name == "http11.send_request_headers.started":
            self._is_sent = True

    def was_stale(self, error: httpx.TransportError) -> bool:
        """Whether `error`, before any answer, means that a reused connection was dead already.

        A server that answers nonsense also raises RemoteProtocolError, but with another sentence: it has seen the
        request, so that one isn't sent again.
        """
        if self._is_new or not self._is_sent:
            return False
        return not isinstance(error, httpx.RemoteProtocolError) or "disconnected without sending" in str(error)


def _limits(size: int) -> httpx.Limits:
    return httpx.Limits(max_connections=size, keepalive_expiry=_KEEP_IDLE_SECONDS)


def _client(limits: httpx.Limits, timeout: httpx.Timeout, verify: ssl.SSLContext) -> httpx.AsyncClient:
    # One user's cookies (a load balancer's, say) must not travel with the next user's question.
    no_cookies = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(limits=limits, timeout=timeout, verify=verify, cookies=no_cookies)
