"""Korean verbs and adjectives, which a question may end in many ways: known by their stems."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

_MORE = "가-힣"
_ENDING = re.compile(rf"(?:[아어여았었였은는을할한던나니냐지죠요네까습다고면서게될된돼되]|가요?(?![{_MORE}]))*")
_REQUEST = re.compile(
    r"(?:해서|하고|[해하했할한합함줘주준줄래세십시오실겠어아여었았던습니까냐면있수나는지을봐보자볼려고싶다달라드바랍람부탁게좀요네죠])*"
)


@cache
def _stems() -> tuple[tuple[str, str], ...]:
    """Each stem with its meaning, the longest first."""
    path = Path(__file__).with_name("verbs.json")
    loaded: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    pairs = [(stem, meaning) for meaning, stems in loaded.items() for stem in stems]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def verb_at(text: str, start: int) -> tuple[int, str] | None:
    """Where the longest known verb that begins at `start` ends, and its meaning; None when there is none."""
    for stem, meaning in _stems():
        if text.startswith(stem, start):
            ending = (_ENDING if meaning in ("high", "low") else _REQUEST).match(text, start + len(stem))
            end = ending.end() if ending else start + len(stem)
            whole = end == len(text) or not "가" <= text[end] <= "힣"
            if whole and (end - start > 1 or meaning == "filler"):
                return end, meaning
    return None
