"""The routes for signing up, in and out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import JSONResponse, Response

from auth import shapes
from auth.accounts import Accounts, NewPerson, SignedIn
from auth.errors import AuthError, TooManyAttempts, WrongKey
from auth.guard import Guard, cookie_name
from auth.logins import Logins
from storage.users import Login

Stripped = Annotated[str, StringConstraints(strip_whitespace=True)]


# A missing text is an empty one here: the rules of accounts.py name all that is missing at once.
class SignUp(BaseModel):
    username: Stripped = ""
    email: Stripped = ""
    password: str = ""
    auth_key: Stripped = Field(default="", description="the six digits of the sign-up key")


class Registration(SignUp):
    password2: str | None = Field(default=None, description="the password once more")
    first_name: Stripped = ""
    last_name: Stripped = ""


class SignIn(BaseModel):
    username: Stripped = ""
    password: str = ""


class SignUpKey(BaseModel):
    auth_key: Stripped = ""


def auth_routes(*, accounts: Accounts, logins: Logins, guard: Guard) -> APIRouter:
    """The short paths beside /api/auth/… are other names of the same."""
    router = APIRouter(prefix="/api", tags=["Accounts"])
    new: dict[str, Any] = {
        "summary": "Make an account and sign in",
        "status_code": 201,
        "responses": {201: {"model": shapes.NewProof}, **shapes.ACCOUNT_ERRORS},
        "openapi_extra": shapes.OPEN,
    }
    known: dict[str, Any] = {
        "summary": "Sign in with a password",
        "responses": {200: {"model": shapes.Proof}, **shapes.ACCOUNT_ERRORS, **shapes.WRONG_CREDENTIALS},
        "openapi_extra": shapes.OPEN,
    }
    leaving: dict[str, Any] = {
        "summary": "Sign out: ends the token",
        "responses": {200: {"model": shapes.Sentence}, **shapes.SIGNED_OUT},
    }

    @router.post("/signup/", **new)
    @router.post("/auth/signup/", **new)
    async def sign_up(body: SignUp, request: Request) -> Response:
        signed_in = await accounts.sign_up(
            NewPerson(body.username, body.email, body.password),
            key=body.auth_key,
            address=address_of(request),
            browser=browser_of(request),
        )
        return signed_in_response(signed_in, request, status=201, message="User created successfully.")

    @router.post(
        "/register/",
        summary="Make an account with a person's names, and sign in",
        status_code=201,
        responses={201: {"model": shapes.Registered}, **shapes.ACCOUNT_ERRORS},
        openapi_extra=shapes.OPEN,
    )
    async def register(body: Registration, request: Request) -> Response:
        signed_in = await accounts.sign_up(
            NewPerson(body.username, body.email, body.password, body.first_name, body.last_name),
            key=body.auth_key,
            address=address_of(request),
            browser=browser_of(request),
            repeated=body.password2,
        )
        user = signed_in.user
        answer = {
            "user": {"id": user.id, "username": user.username, "email": user.email},
            "token": signed_in.token,
        }
        return with_cookie(JSONResponse(answer, 201), signed_in.token, request)

    @router.post(
        "/validate-auth/",
        summary="Is this sign-up key right?",
        responses={200: {"model": shapes.RightKey}, **shapes.ACCOUNT_ERRORS},
        openapi_extra=shapes.OPEN,
    )
    async def validate(body: SignUpKey, request: Request) -> Response:
        try:
            await accounts.check_key(body.auth_key, address=address_of(request))
        except WrongKey as error:
            return JSONResponse({"valid": False, **error.body}, error.status)
        return JSONResponse({"valid": True})

    @router.post("/login/", **known)
    @router.post("/auth/login/", **known)
    async def sign_in(body: SignIn, request: Request) -> Response:
        signed_in = await accounts.sign_in(
            username=body.username,
            password=body.password,
            address=address_of(request),
            browser=browser_of(request),
        )
        return signed_in_response(signed_in, request)

    @router.post("/logout/", **leaving)
    @router.post("/auth/logout/", **leaving)
    async def sign_out(request: Request, login: Login = Depends(guard.route)) -> Response:
        await logins.end(login, address=address_of(request))
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


def browser_of(request: Request) -> str:
    """What the caller's browser or program calls itself."""
    return request.headers.get("user-agent", "")


def signed_in_response(signed_in: SignedIn, request: Request, *, status: int = 200, **first: str) -> Response:
    """Who is signed in now, with the token in the body for programs and in a cookie for browsers."""
    user = signed_in.user
    answer: dict[str, Any] = {
        **first,
        "token": signed_in.token,
        "user_id": user.id,
        "username": user.username,
        "email": user.email,
    }
    return with_cookie(JSONResponse(answer, status), signed_in.token, request)


def with_cookie(response: Response, token: str, request: Request) -> Response:
    # No Max-Age: closing the browser signs out.
    secure = request.url.scheme == "https"
    name = cookie_name(secure=secure)
    response.set_cookie(name, token, secure=secure, httponly=True, samesite="lax", path="/")
    response.headers["Cache-Control"] = "no-store"
    return response
