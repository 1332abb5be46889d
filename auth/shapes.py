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


class Refused(Shape):
    error: str
    message: str | None = None


class TooMany(Shape):
    """`retry_after` in seconds."""

    error: Literal["too_many_attempts"]
    message: str
    retry_after: int


class Detail(Shape):
    detail: str


class Ended(Shape):
    """How many logins ended."""

    ended: int


class ChangedPassword(Sentence, Ended):
    pass


class OwnLogin(Shape):
    """A sign-in. `current`: the one that asks; `browser` in words, "" where it is unknown. Times in ISO 8601."""

    id: int
    address: str
    browser: str
    created_at: str
    used_at: str | None
    expires_at: str | None
    current: bool


class ApiToken(Shape):
    """`used_at` is null as long as it was never used."""

    id: int
    name: str
    created_at: str
    used_at: str | None


class NewApiToken(Shape):
    """The token is shown here, and never again."""

    id: int
    name: str
    token: str


class Whose(Shape):
    username: str


class NewPassword(Sentence, Whose):
    pass


FieldFailure = dict[str, list[str]]
ACCOUNT_ERRORS: Responses = {
    400: {"description": "A field is wrong, or the user name is taken", "model": FieldFailure | Refusal},
    403: {"description": "The sign-up key is wrong, or the account is disabled", "model": Refusal},
    429: {"description": "Too many failed attempts", "model": TooMany},
}
WRONG_CREDENTIALS: Responses = {401: {"description": "User name or password is wrong", "model": Refusal}}
NOT_BY_TOKEN: Responses = {403: {"description": "An API token, where a sign-in is needed", "model": Detail}}
NO_SUCH_LOGIN: Responses = {404: {"description": "Not there, or somebody else's", "model": Detail}}
BAD_LINK: Responses = {
    400: {"description": "The link isn't good (any more), or a field is wrong", "model": FieldFailure | Refused},
    429: ACCOUNT_ERRORS[429],
}
SIGNED_OUT: Responses = {401: {"description": "No token, or a wrong one", "model": Detail}}
