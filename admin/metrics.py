"""What the service tells Prometheus, and who may read it."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.guard import Guard
from chat.breaker import State
from chat.gateway import UpstreamStatus
from chat.meters import NoMeter
from chat.records import Record
from storage import presence
from storage.database import Database
from storage.models import now
from storage.secret import Secret

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FIRST_DELTA_BUCKETS = (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 13, 20, 30, 60)
WAIT_BUCKETS = (0.05, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300)
# What a proxy adds; a request that has any of it came through one, whatever its socket says.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


@dataclass(frozen=True, slots=True)
class Moment:
    """The figures that are asked for at each reading."""

    upstreams: Callable[[], Sequence[UpstreamStatus]]
    turns: Callable[[], Mapping[str, int]]  # running, waiting
    calls: Callable[[], int]
    streams: Callable[[], int]


class Meter(NoMeter):
    """Counts how turns and calls end. One for each server: nothing is kept in the module."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._ended = Counter(
            "fabrix_chat_turns", "Turns and direct calls that ended", ["kind", "state"], registry=self.registry
        )
        self._first_delta = Histogram(
            "fabrix_chat_first_delta_seconds",
            "From the question to the first text, waiting included",
            ["kind"],
            buckets=FIRST_DELTA_BUCKETS,
            registry=self.registry,
        )
        self._waits = Histogram(
            "fabrix_chat_wait_seconds", "Waiting in line", ["kind"], buckets=WAIT_BUCKETS, registry=self.registry
        )
        self._tokens = Counter("fabrix_chat_tokens", "Tokens of ended turns", ["direction"], registry=self.registry)
        self._failures = Counter(
            "fabrix_chat_upstream_errors", "Tries lost, by error", ["upstream", "code"], registry=self.registry
        )

    def ended(self, kind: str, state: str, record: Record) -> None:
        self._ended.labels(kind, state).inc()
        self._waits.labels(kind).observe(record.waited)
        if record.first_delta is not None:
            self._first_delta.labels(kind).observe(record.first_delta)
        self._tokens.labels("in").inc(record.tokens_in or 0)
        self._tokens.labels("out").inc(record.tokens_out or 0)

    def upstream_failed(self, upstream: str, code: str) -> None:
        self._failures.labels(upstream, code).inc()


class Now(Collector):
    """The figures of one moment, as Prometheus takes them."""

    def __init__(self, moment: Moment, *, logins: int, people: int) -> None:
        self._moment = moment
        self._logins = logins
        self._people = people

    def collect(self) -> Iterator[Metric]:
        live = GaugeMetricFamily("fabrix_chat_live_turns", "Turns that run or wait in line", labels=["state"])
        for state, count in self._moment.turns().items():
            live.add_metric([state], count)
        yield live
        yield GaugeMetricFamily("fabrix_chat_live_calls", "Direct calls under way", value=self._moment.calls())
        yield GaugeMetricFamily("fabrix_chat_open_streams", "Answers being watched", value=self._moment.streams())
        yield GaugeMetricFamily("fabrix_chat_logins", "Logins that are good", value=self._logins)
        yield GaugeMetricFamily("fabrix_chat_people_here", "People seen in the last 5 minutes", value=self._people)
        statuses = self._moment.upstreams()
        for name, text in (
            ("current_rpm", "Requests in the last minute"),
            ("rpm_limit", "Requests per minute that are allowed"),
            ("current_tpm", "Tokens in the last minute"),
            ("tpm_limit", "Tokens per minute that are allowed"),
        ):
            gauge = GaugeMetricFamily(f"fabrix_chat_limiter_{name}", text, labels=["upstream"])
            for status in statuses:
                if status.minute is not None:
                    gauge.add_metric([status.name], status.minute[name])
            yield gauge
        breaker = GaugeMetricFamily("fabrix_chat_breaker", "1 for the state it is in", labels=["upstream", "state"])
        for status in statuses:
            for state in State:
                breaker.add_metric([status.name, state], status.state == state)
        yield breaker


def metric_routes(
    *,
    guard: Guard,
    database: Database,
    meter: Meter,
    moment: Moment,
    idle: timedelta,
    token: Secret,
    proxies: Sequence[str],
) -> APIRouter:
    """`idle`: how long a login is good without use; `proxies` are those whose word about addresses is believed."""
    router = APIRouter()

    @router.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        if not (is_local(request, proxies) or _has_token(request, token)):
            login = await guard.route(request)
            if login.user.role != "admin":
                return JSONResponse({"detail": "Not found."}, 404)
        logins = await database.read(presence.count_good_logins, used_since=now() - idle)
        people = await database.read(presence.who_is_here)
        text = generate_latest(meter.registry) + generate_latest(Now(moment, logins=logins, people=len(people)))
        return Response(text, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})

    return router


def is_local(request: Request, proxies: Sequence[str]) -> bool:
    """Whether a program on this machine asks, and none for somebody elsewhere.

    The server puts the forwarded address in the socket's place where a trusted proxy names one; the header that said
    so is still there then. A trusted proxy may say nothing, so its own address proves nothing. And the name under
    which it is called must be this machine's: a page elsewhere may give its own name this machine's address.
    """
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    if not _is_loopback(request.client.host) or any(_may_be(proxy, request.client.host) for proxy in proxies):
        return False
    named = request.url.hostname or ""
    return named == "localhost" or _is_loopback(named)


def _may_be(proxy: str, host: str) -> bool:
    """Whether a setting names this address: itself, by its network, or in a way that can't be told from it."""
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(proxy, strict=False)
    except ValueError:
        return True


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _has_token(request: Request, token: Secret) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), token.reveal().encode())
