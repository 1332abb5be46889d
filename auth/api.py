"""The routes for signing up, in and out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, StringConstraints
from starlette.responses import JSONResponse, Response

from auth.accounts import Accounts, SignedIn
from auth.errors import AuthError, TooManyAttempts
from auth.guard import Guard, cookie_name
from auth.logins import Logins
from storage.users import Login

Stripped = Annotated[str, StringConstraints(strip_whitespace=True)]


# A missing text is an empty one here: the rules of accounts.py name all that is missing at once.
class SignUp(BaseModel):
    username: Stripped = ""
    email: Stripped = ""
    password: str = ""
    auth_key: Stripped = ""


class SignIn(BaseModel):
    username: Stripped = ""
    password: str = ""


def auth_routes(*, accounts: Accounts, logins: Logins, guard: Guard) -> APIRouter:
    router = APIRouter(prefix="/api/auth")

    @router.post("/signup/")
    async def sign_up(body: SignUp, request: Request) -> Response:
        signed_in = await accounts.sign_up(
            username=body.username,
            email=body.email,
            password=body.password,
            key=body.auth_key,
            address=address_of(request),
        )
        answer = {"message": "User created successfully.", **_proof(signed_in)}
        return _with_cookie(JSONResponse(answer, 201), signed_in.token, request)

    @router.post("/login/")
    async def sign_in(body: SignIn, request: Request) -> Response:
        signed_in = await accounts.sign_in(username=body.username, password=body.password, address=address_of(request))
        return _with_cookie(JSONResponse(_proof(signed_in)), signed_in.token, request)

    @router.post("/logout/")
    async def sign_out(request: Request, login: Login = Depends(guard.route)) -> Response:
        await logins.end(login)
        response = JSONResponse({"message": "Signed out."})
        secure = request.url.scheme == "https"
        response.delete_cookie(cookie_name(secure=secure), secure=secure, httponly=True, samesite="lax")
        return response

    return router


def auth_error_response(_request: Request, error: Exception) -> Response:
    """Answer an AuthError as the API promises it."""
    assert isinstance(error, AuthError)  # noqa: S101 -- registered for this class
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyAttempts) else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Token"
    return JSONResponse(error.body, error.status, headers)


def address_of(request: Request) -> str:
    """The caller's address; a trusted proxy's word for it has been taken before."""
    return request.client.host if request.client else "unknown"


def _proof(signed_in: SignedIn) -> dict[str, Any]:
    user = signed_in.user
    return {"token": signed_in.token, "user_id": user.id, "username": user.username, "email": user.email}


def _with_cookie(response: Response, token: str, request: Request) -> Response:
    # No Max-Age: closing the browser signs out.
    secure = request.url.scheme == "https"
    response.set_cookie(cookie_name(secure=secure), token, secure=secure, httponly=True, samesite="lax", path="/")
    response.headers["Cache-Control"] = "no-store"
    return response
