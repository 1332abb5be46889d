"""The routes of one's own account, and of one-time links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from auth import shapes
from auth.accounts import NewPerson
from auth.api import Stripped, address_of, browser_of, signed_in_response
from auth.browsers import in_words
from auth.guard import Guard
from auth.own_account import OwnAccount
from auth.reset_links import ResetLinks
from storage.logins import OwnLogin
from storage.users import Login


class ChangedPassword(BaseModel):
    old_password: str = ""
    new_password: str = ""
    end_tokens: bool = False


class NewApiToken(BaseModel):
    name: Stripped = ""


class Link(BaseModel):
    token: str = ""


class NewPassword(Link):
    password: str = ""


class FirstAdmin(Link):
    username: Stripped = ""
    email: Stripped = ""
    password: str = ""


def account_routes(*, account: OwnAccount, guard: Guard) -> APIRouter:
    """What people do with their own account; each route begins with its guard."""
    errors = {**shapes.SIGNED_OUT, **shapes.NOT_BY_TOKEN}
    router = APIRouter(prefix="/api/account", tags=["Own account"], responses=errors)
    owner = Depends(guard.owner)

    @router.post(
        "/password/",
        summary="Change my password",
        responses={
            200: {"model": shapes.ChangedPassword},
            400: shapes.ACCOUNT_ERRORS[400],
            429: shapes.ACCOUNT_ERRORS[429],
        },
    )
    async def change_password(body: ChangedPassword, request: Request, login: Login = owner) -> dict[str, Any]:
        ended = await account.change_password(
            login,
            old=body.old_password,
            new=body.new_password,
            end_tokens=body.end_tokens,
            address=address_of(request),
        )
        return {"message": "Your password was changed.", "ended": ended}

    @router.get("/logins/", summary="List my sign-ins", responses={200: {"model": list[shapes.OwnLogin]}})
    async def list_logins(login: Login = owner) -> list[dict[str, Any]]:
        return [{**_login_as_json(item), "current": item.id == login.id} for item in await account.sign_ins(login)]

    @router.delete("/logins/", summary="End my other sign-ins", responses={200: {"model": shapes.Ended}})
    async def end_others(request: Request, login: Login = owner) -> dict[str, Any]:
        return {"ended": await account.end_other_sign_ins(login, address=address_of(request))}

    @router.delete(
        "/logins/{login_id}/", status_code=204, summary="End one of my sign-ins", responses=shapes.NO_SUCH_LOGIN
    )
    async def end_one(login_id: int, request: Request, login: Login = owner) -> Response:
        await account.end_sign_in(login, login_id, address=address_of(request))
        return Response(status_code=204)

    @router.get("/tokens/", summary="List my API tokens", responses={200: {"model": list[shapes.ApiToken]}})
    async def list_tokens(login: Login = owner) -> list[dict[str, Any]]:
        return [_token_as_json(item) for item in await account.api_tokens(login)]

    @router.post(
        "/tokens/",
        status_code=201,
        summary="Make an API token",
        responses={201: {"model": shapes.NewApiToken}, 400: shapes.ACCOUNT_ERRORS[400]},
    )
    async def make_token(body: NewApiToken, request: Request, login: Login = owner) -> Response:
        token_id, token = await account.make_api_token(login, body.name, address=address_of(request))
        answer = {"id": token_id, "name": body.name, "token": token}
        return JSONResponse(answer, 201, {"Cache-Control": "no-store"})

    @router.delete(
        "/tokens/{token_id}/", status_code=204, summary="Revoke an API token", responses=shapes.NO_SUCH_LOGIN
    )
    async def revoke_token(token_id: int, request: Request, login: Login = owner) -> Response:
        await account.revoke_api_token(login, token_id, address=address_of(request))
        return Response(status_code=204)

    return router


def link_routes(*, links: ResetLinks) -> APIRouter:
    """Open to all: the token of a link is the proof."""
    router = APIRouter(prefix="/api/auth", tags=["Accounts"], responses=shapes.BAD_LINK)

    @router.post(
        "/link/",
        summary="Whose password a one-time link sets",
        responses={200: {"model": shapes.Whose}},
        openapi_extra=shapes.OPEN,
    )
    async def whose(body: Link, request: Request) -> dict[str, str]:
        return {"username": await links.username(body.token, address=address_of(request))}

    @router.post(
        "/reset/",
        summary="Set a password by a one-time link",
        responses={200: {"model": shapes.NewPassword}},
        openapi_extra=shapes.OPEN,
    )
    async def reset(body: NewPassword, request: Request) -> dict[str, str]:
        username = await links.redeem(body.token, password=body.password, address=address_of(request))
        return {"message": "Your password was changed.", "username": username}

    @router.post(
        "/first-admin/",
        status_code=201,
        summary="Make the first administrator",
        responses={201: {"model": shapes.Proof}},
        openapi_extra=shapes.OPEN,
    )
    async def first_admin(body: FirstAdmin, request: Request) -> Response:
        signed_in = await links.redeem_first_admin(
            body.token,
            NewPerson(body.username, body.email, body.password),
            address=address_of(request),
            browser=browser_of(request),
        )
        return signed_in_response(signed_in, request, status=201)

    return router


def _login_as_json(item: OwnLogin) -> dict[str, Any]:
    return {
        "id": item.id,
        "address": item.address,
        "browser": in_words(item.browser),
        "created_at": _stamp(item.created_at),
        "used_at": _stamp(item.used_at),
        "expires_at": _stamp(item.expires_at),
    }


def _token_as_json(item: OwnLogin) -> dict[str, Any]:
    return {
        "id": item.id,
        "name": item.name,
        "created_at": _stamp(item.created_at),
        "used_at": _stamp(item.used_at),
    }


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
