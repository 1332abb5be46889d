from __future__ import annotations

import pytest

from logs import work


@pytest.fixture(autouse=True)
def _no_work() -> None:
    """No test knows what another one worked for."""
    work._work.set(work.Work())
