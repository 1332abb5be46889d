"""Fixtures of the FabriX client's tests: a stand-in over real HTTP, and clients that are closed afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from chat.upstreams.fabrix import FabrixUpstream
from tests.chat.upstreams.asking import api
from tests.fabrix_standin import Standin, running_standin

Connect = Callable[..., FabrixUpstream]


@pytest.fixture(scope="session")
def shared_standin() -> Iterator[Standin]:
    with running_standin() as standin:
        yield standin


@pytest.fixture
def standin(shared_standin: Standin) -> Iterator[Standin]:
    yield shared_standin
    for gate in shared_standin.gates:
        gate.open()
    shared_standin.gates.clear()
    shared_standin.requests.clear()


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Makes a client for a base URL, with settings as keywords."""
    made: list[FabrixUpstream] = []

    def make(base_url: str, **settings: object) -> FabrixUpstream:
        few = {"max_connections": 4, **settings}  # quicker to set up than the default of 256
        made.append(FabrixUpstream(api(base_url, **few)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for upstream in made:
        await upstream.aclose()
