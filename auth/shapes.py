"""What the answers about accounts look like, for the API's documentation; tests hold the answers to it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Responses = dict[int | str, dict[str, Any]]
# For routes that anyone may call: no token is needed.
OPEN: dict[str, Any] = {"security": []}


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Proof(Shape):
    """The token is for `Authorization: Token …` or `Bearer …`."""

    token: str
    user_id: int
    username: str
    email: str


class NewProof(Proof):
    message: str


class Person(Shape):
    id: int
    username: str
    email: str


class ServerFacts(Shape):
    """`fabrix`: it is set up. `local_only`: no agents but the built-in ones. `upload_limit_mb`: the largest file."""

    version: str
    fabrix: bool
    local_only: bool
    upload_limit_mb: int


class Me(Shape):
    user_id: int
    username: str
    email: str
    first_name: str
    last_name: str
    role: Literal["user", "staff", "admin"]
    server: ServerFacts


class Health(Shape):
    status: Literal["ok", "down"]
    version: str
    database: Literal["ok", "down"]
    upstream: Literal["ok", "down"]


class Registered(Shape):
    user: Person
    token: str


class RightKey(Shape):
    valid: Literal[True]


class Sentence(Shape):
    message: str


class Refusal(Shape):
    error: str
    valid: Literal[False] | None = None


class TooMany(Shape):
    """`retry_after` in seconds."""

    error: Literal["too_many_attempts"]
    message: str
    retry_after: int


class Detail(Shape):
    detail: str


FieldFailure = dict[str, list[str]]
ACCOUNT_ERRORS: Responses = {
    400: {"description": "A field is wrong, or the user name is taken", "model": FieldFailure | Refusal},
    403: {"description": "The sign-up key is wrong, or the account is disabled", "model": Refusal},
    429: {"description": "Too many failed attempts", "model": TooMany},
}
WRONG_CREDENTIALS: Responses = {401: {"description": "User name or password is wrong", "model": Refusal}}
SIGNED_OUT: Responses = {401: {"description": "No token, or a wrong one", "model": Detail}}
