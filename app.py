"""The composition root: settings → storage → services → routes and pages. Knows everybody."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any

# Before Gradio is imported: it would ask a server elsewhere for its newest version, and report its use.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

import gradio as gr
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from admin.api import admin_error_response, admin_routes
from admin.audit import AuditLog
from admin.backups import Backups
from admin.clean_up import CleanUp
from admin.daily import DailyCleanup
from admin.desk import Desk
from admin.doctor import Doctor
from admin.error_numbers import ErrorNumbers
from admin.errors import AdminError
from admin.live_settings import InForce, LiveSettings
from admin.metrics import Meter, Moment, metric_routes
from admin.openings import Openings
from admin.people import PeopleDesk
from admin.people_import import PeopleImport
from admin.reports import Reports
from admin.retention import Retention
from admin.view import Office, admin_page
from auth.account_api import account_routes, link_routes
from auth.api import auth_error_response, auth_routes
from auth.bodies import field_errors_response
from auth.errors import AuthError
from auth.gate import Gate, GradioApp
from auth.guard import Guard
from auth.headers import OriginCheck, ResponseHeaders
from auth.services import AccountServices, account_services
from auth.shapes import OPEN, SIGNED_OUT, Health, Me
from auth.theme import head, theme
from auth.view import login_page
from chat.agents import AgentDirectory
from chat.allowances import Allowances
from chat.analyst.pool import Analyst
from chat.api import chat_routes
from chat.api_docs import ASSETS, WORDS, docs_routes
from chat.api_errors import chat_error_response
from chat.banner import BannerBoard, banner_routes
from chat.cards import Cards
from chat.cards_api import card_routes
from chat.contents import Room
from chat.control_totals import ControlTotals
from chat.conversations import Conversations
from chat.direct import Direct
from chat.errors import ChatError
from chat.evidence.api import evidence_routes
from chat.evidence.service import Evidence
from chat.files import Files
from chat.gateway import Gateway
from chat.journal import SpendJournal
from chat.limiter import Limiter, TeamLimits, figures_of
from chat.limits_api import limit_routes
from chat.lockouts import Lockouts
from chat.messages import Messages
from chat.messages_api import message_routes
from chat.openai_api import openai_routes, refusal
from chat.people import People
from chat.public_api import BASES, PATHS, public_routes
from chat.turns import Turns
from chat.upstreams.base import Upstream
from chat.upstreams.fabrix import FabrixUpstream
from chat.upstreams.local import LocalUpstream
from chat.upstreams.openai import OpenAiUpstream
from chat.view import chat_page
from locales import LANGUAGES, table
from logs.masking import Mask
from logs.requests import OpenStreams, Requests
from storage.allowances import PersonalLimits
from storage.database import ping
from storage.settings import Settings, secrets_of
from storage.users import Login

VERSION = "0.1.0"
ROOT = Path(__file__).parent
DIRECT = (*PATHS, "/rate-limit-status")
OURS = ("/api/", "/api-agent/", "/files/", "/healthz", "/metrics", "/openapi/", "/ui/", "/v1/", *DIRECT)
UPLOADS = ("/api/files", *(f"{base}/agent-messages/file" for base in ("", *BASES)))
BASE_SCRIPTS = ("texts.js", "auth/base.js", "auth/site_notice.js")
CHAT_SCRIPTS = tuple(
    f"chat/{name}.js"
    for name in (
        "focus",
        "literal",
        "countdowns",
        "limits",
        "totals",
        "buttons",
        "artifacts",
        "transcript",
        "watch",
        "sidebar",
        "intake_card",
        "chips",
        "composer",
        "dialogs",
        "account",
        "drafts",
        "live_answer",
    )
)
CHAT_STYLES = ("auth/base.css", "chat/chat.css", "chat/account.css", "chat/intake_card.css")
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
HEADS = {
    "/login/": head(styles=("auth/base.css",), scripts=(*BASE_SCRIPTS, "auth/links.js", "auth/login.js")),
    "/admin/": head(
        styles=("auth/base.css", "admin/admin.css"),
        scripts=(*BASE_SCRIPTS, "admin/overview.js", "admin/opened.js", "admin/admin.js"),
    ),
    "/": head(styles=CHAT_STYLES, scripts=(*BASE_SCRIPTS, *CHAT_SCRIPTS)),
    "/api/docs": head(styles=("swagger/swagger-ui.css",), scripts=("swagger/swagger-ui-bundle.js", "chat/api_docs.js")),
}
# What the Gradio apps must not do: tell errors, keep prompts in the browser, document themselves.
QUIET: dict[str, Any] = {
    "show_error": False,
    "run_history": False,
    "enable_monitoring": False,
    "footer_links": [],
    "app_kwargs": {"openapi_url": None, "docs_url": None, "redoc_url": None},
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """The services of an application, for administration and for commands; `close` ends those that never began, too."""

    people: AccountServices
    upstreams: list[Upstream]
    agents: AgentDirectory
    allowances: Allowances
    conversations: Conversations
    turns: Turns
    files: Files
    live: LiveSettings
    close: Callable[[], Awaitable[None]]


def build(settings: Settings, *, upstreams: list[Upstream] | None = None) -> FastAPI:
    """The whole application. `upstreams` are given by tests; otherwise the settings say which there are."""
    services = account_services(settings)
    database, store, logins = services.database, services.store, services.logins
    guard = Guard(logins)
    analyst = _analyst(settings)
    sources = upstreams if upstreams is not None else _upstreams(settings, analyst)
    preferred = settings.fabrix_api.agent_id if settings.fabrix_api else ""
    agents = AgentDirectory(sources, preferred=preferred)
    limits = settings.rate_limit
    allowances = Allowances(database, default=_own_limits(settings))
    people = People(allowances.of)
    journal = SpendJournal(database)
    limiters = {
        name: Limiter(name, team, people=people, journal=journal) for name, team in _teams(settings, sources).items()
    }
    meter = Meter()
    gateway = Gateway(
        agents,
        limiters=limiters,
        wait_seconds=limits.wait_seconds,
        file_wait_seconds=limits.file_wait_seconds,
        meter=meter,
    )
    # One process of its own: no question ever waits for totals.
    control_totals = ControlTotals(database, store=store, analyst=_analyst(settings, processes=1))
    turns = Turns(database, store=store, gateway=gateway, meter=meter, answered=control_totals.begin)
    files = Files(
        database, store=store, limit_mb=settings.server.upload_limit_mb, quota_mb=settings.server.user_quota_mb
    )
    direct = Direct(database, gateway=gateway, logins=logins, files=files, meter=meter)
    lockouts = Lockouts(database, turns)
    room = Room(settings.agents.history_turns, settings.agents.context_tokens)
    cards = Cards(database, store=store, analyst=analyst)
    conversations = Conversations(database, store=store, cards=cards, turns=turns, room=room)
    board = BannerBoard()

    def apply(now: InForce) -> None:
        limits = now.settings.rate_limit
        services.accounts.admit(
            signup_key=now.settings.auth.admin_signup_key, email_domains=now.settings.auth.allowed_email_domains
        )
        agents.choose(now.agents)
        board.banner = now.banner
        gateway.change_waits(wait_seconds=limits.wait_seconds, file_wait_seconds=limits.file_wait_seconds)
        # The limiters come last: they look at everybody's own limits when they let go who fits now.
        allowances.change_default(_own_limits(now.settings))
        teams = _teams(now.settings, sources)
        for name, limiter in limiters.items():
            limiter.change(teams[name])

    live = LiveSettings(database, settings, apply=apply)
    retention = Retention(database, store)
    cleanup = DailyCleanup(retention, days=lambda: live.in_force.settings.retention.days)

    async def end_answers() -> None:
        await asyncio.gather(turns.close(), direct.close())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await files.open()
        await allowances.open()
        spent = await journal.open()
        people.restore(spent)
        for limiter in limiters.values():
            limiter.restore(spent)
        await live.open()
        await turns.open()
        await lockouts.open()
        await cleanup.open()
        yield
        await close()

    async def close() -> None:
        await cleanup.close()
        await lockouts.close()
        await end_answers()
        await control_totals.close()
        await journal.close()
        await cards.close()
        await files.close()
        await logins.close()
        await agents.close()
        for upstream in sources:
            await upstream.aclose()
        await analyst.aclose()
        services.close()

    app = FastAPI(
        title="FabriX Agent Chat",
        version=VERSION,
        description=WORDS,
        lifespan=lifespan,
        openapi_url=None,  # our own, which has a guard
        docs_url=None,
        redoc_url=None,
    )
    app.add_exception_handler(AuthError, auth_error_response)
    app.add_exception_handler(AdminError, admin_error_response)
    app.add_exception_handler(ChatError, chat_error_response)
    app.add_exception_handler(RequestValidationError, field_errors_response)

    @app.get(
        "/healthz",
        tags=["Server"],
        summary="How the server does; open to all",
        responses={200: {"model": Health}},
        openapi_extra=OPEN,
    )
    async def healthz() -> dict[str, str]:
        try:
            healthy = await database.read(ping)
        except SQLAlchemyError:
            healthy = False
        return {
            "status": "ok" if healthy else "down",
            "version": VERSION,
            "database": "ok" if healthy else "down",
            "upstream": "ok" if await agents.is_up() else "down",
        }

    @app.get("/api/me", tags=["Accounts"], summary="Who I am", responses={200: {"model": Me}, **SIGNED_OUT})
    async def me(login: Login = Depends(guard.route)) -> dict[str, Any]:
        user = login.user
        return {
            "user_id": user.id,
            "username": user.username,
            "email": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "role": user.role,
            "server": {
                "version": VERSION,
                "fabrix": settings.fabrix_api is not None,
                "local_only": not (settings.fabrix_api or settings.upstream),
                "upload_limit_mb": settings.server.upload_limit_mb,
            },
        }

    app.include_router(auth_routes(accounts=services.accounts, logins=logins, guard=guard))
    app.include_router(account_routes(account=services.own_account, guard=guard))
    app.include_router(link_routes(links=services.links))
    app.include_router(
        chat_routes(
            guard=guard,
            logins=logins,
            agents=agents,
            conversations=conversations,
            turns=turns,
            files=files,
            cards=cards,
        )
    )
    app.include_router(card_routes(guard=guard, cards=cards))
    messages = Messages(database, store=store)
    app.include_router(message_routes(guard=guard, conversations=conversations, messages=messages))
    evidence = Evidence(database, store=store, agents=agents, version=VERSION)
    app.include_router(evidence_routes(guard=guard, evidence=evidence))
    fabrix_paths = public_routes(guard=guard, agents=agents, direct=direct, files=files)
    app.include_router(fabrix_paths)
    for base in BASES:
        app.include_router(fabrix_paths, prefix=base, include_in_schema=False)
    app.include_router(openai_routes(guard=guard, agents=agents, direct=direct))
    app.include_router(docs_routes(guard=guard, describe=app.openapi))
    app.include_router(
        limit_routes(
            guard=guard,
            gateway=gateway,
            people=people,
            board=board,
            unused=lambda: figures_of(_team(live.in_force.settings)),
        )
    )
    app.include_router(banner_routes(board))

    audit, reports = AuditLog(database), Reports(database)
    app.include_router(admin_routes(guard=guard, audit=audit, reports=reports))
    streams = OpenStreams()
    app.include_router(
        metric_routes(
            guard=guard,
            database=database,
            meter=meter,
            moment=Moment(gateway.status, turns.live, lambda: direct.live, lambda: streams.count),
            idle=timedelta(minutes=settings.auth.idle_minutes),
            token=settings.server.metrics_token,
            proxies=settings.server.trusted_proxies,
        )
    )

    async def unknown() -> Response:
        return JSONResponse({"detail": "Not found."}, 404)

    # Without this an address that doesn't exist would fall through to the page at "/".
    anywhere = tuple(f"{start}{{path:path}}" for start in ("/api/", "/api-agent/", "/files/", "/openapi/"))
    for path in (*anywhere, "/healthz", "/metrics", *DIRECT):
        app.add_api_route(path, unknown, methods=METHODS, include_in_schema=False)

    app.state.parts = Parts(services, sources, agents, allowances, conversations, turns, files, live, close)
    app.state.end_turns = end_answers  # for the command that serves: before it lets go of those who watch
    desk = Desk(guard)
    people_desk = PeopleDesk(
        database,
        store=store,
        accounts=services.accounts,
        passwords=services.passwords,
        links=services.links,
        allowances=allowances,
    )
    office = Office(
        database=database,
        data=settings.data,
        people=people_desk,
        people_import=PeopleImport(
            database, desk=people_desk, accounts=services.accounts, passwords=services.passwords
        ),
        audit=audit,
        reports=reports,
        errors=ErrorNumbers(database, upstream_of=agents.name_of_upstream),
        settings=live,
        backups=Backups(settings, database),
        doctor=Doctor(app.state.parts, settings),
        agents=agents,
        gateway=gateway,
        mask=Mask(secrets_of(settings)),
        openings=Openings(database),
        clean_up=CleanUp(database, retention),
    )
    _mount_pages(app, guard, desk, admin_page(desk, office))
    _add_middleware(app, guard, settings, streams)
    return app


def _upstreams(settings: Settings, analyst: Analyst) -> list[Upstream]:
    """FabriX first, where it is set up, then the other servers, then the agents that need no service."""
    found: list[Upstream] = []
    if settings.fabrix_api is not None:
        found.append(FabrixUpstream(settings.fabrix_api))
    found += [OpenAiUpstream(entry) for entry in settings.upstream]
    if settings.agents.local:
        found.append(LocalUpstream(analyst))
    return found


def _team(settings: Settings, *, rpm: float | None = None, tpm: float | None = None) -> TeamLimits:
    """FabriX's limits for the team, or others in their place."""
    limits = settings.rate_limit
    return TeamLimits(rpm=rpm or limits.rpm, tpm=tpm or limits.tpm, concurrent=limits.user_turns)


def _own_limits(settings: Settings) -> PersonalLimits:
    return PersonalLimits(settings.rate_limit.user_rpm, settings.rate_limit.user_tokens_per_day)


def _teams(settings: Settings, sources: list[Upstream]) -> dict[str, TeamLimits]:
    """The team's limits at each upstream by its name, where limits are kept; what runs within this server has none."""
    kept = {source.name: _team(settings) for source in sources} if settings.rate_limit.enforced else {}
    for entry in settings.upstream:
        kept.pop(entry.name, None)
        if entry.enforced and (settings.rate_limit.enforced or entry.rpm or entry.tpm):
            kept[entry.name] = _team(settings, rpm=entry.rpm or inf, tpm=entry.tpm or inf)
    kept.pop(LocalUpstream.name, None)
    return kept


def _analyst(settings: Settings, *, processes: int | None = None) -> Analyst:
    limits = settings.agents
    return Analyst(
        max_processes=processes or limits.analyst_processes,
        memory_mb=limits.analyst_memory_mb,
        seconds=limits.analyst_seconds,
    )


def _mount_pages(app: FastAPI, guard: Guard, desk: Desk, admin: gr.Blocks) -> None:
    async def signed_in(request: Request) -> str:
        return (await guard.page(request)).user.username

    async def staff(request: Request) -> str:
        return (await guard.staff(request)).user.username

    texts = {
        language: {key: text for key, text in table(language).items() if not key.startswith("server.")}
        for language in LANGUAGES
    }
    script = f"window.FABRIX_TEXTS = {json.dumps(texts, ensure_ascii=False)};"

    @app.get("/ui/texts.js", include_in_schema=False)
    async def texts_script() -> Response:
        return Response(script, media_type="text/javascript")

    app.mount("/ui/auth", StaticFiles(directory=ROOT / "auth" / "static"))
    app.mount("/ui/swagger", StaticFiles(directory=ASSETS))
    app.mount("/ui/admin", StaticFiles(directory=ROOT / "admin" / "static"))
    app.mount("/ui/chat", StaticFiles(directory=ROOT / "chat" / "static"))
    pages: list[tuple[str, gr.Blocks, dict[str, Any]]] = [
        ("/login", login_page(), {}),
        ("/admin", admin, {"auth_dependency": staff, "i18n": desk.words}),
        ("/", chat_page().blocks, {"auth_dependency": signed_in}),
    ]
    for path, blocks, options in pages:
        blocks.queue(api_open=False)
        gr.mount_gradio_app(app, blocks, path=path, theme=theme(), **QUIET, **options)
        # Mounted apps skip the check of file paths unless they look launched.
        blocks.has_launched = True


def _refusal(path: str, status: int, sentence: str) -> Response:
    """An answer before any route that says no, in the shape of the API that is asked."""
    return refusal(status, sentence) if path.startswith("/v1/") else JSONResponse({"detail": sentence}, status)


def _add_middleware(app: FastAPI, guard: Guard, settings: Settings, streams: OpenStreams) -> None:
    """The last one added is the first to see a request."""
    app.add_middleware(
        Gate,
        guard=guard,
        apps=[GradioApp("/login", open=True), GradioApp("/admin", staff=True), GradioApp("")],
        ours=OURS,
        upload_paths=UPLOADS,
        refusal=_refusal,
    )
    app.add_middleware(OriginCheck)
    # Without one of starlette's own, Gradio would allow any origin with credentials. Our own pages need no entry:
    # a browser asks for none where page and answer have the same origin.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.server.allowed_hosts))
    app.add_middleware(ResponseHeaders, heads=HEADS)
    app.add_middleware(Requests, slow_seconds=settings.server.slow_request_seconds, streams=streams)
