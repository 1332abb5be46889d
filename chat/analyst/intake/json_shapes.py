"""Finds the records within one JSON value: below keys, under names of their own, or as columns instead of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_DEEPEST = 8
_NAMES = ("name", "fieldName", "field", "title", "label", "id")


@dataclass(frozen=True, slots=True)
class Found:
    """Records, the keys that lead to them, and the names of the columns where the records are lists without any."""

    records: Sequence[Any]
    path: tuple[str, ...] = ()
    names: Sequence[str] | None = None


def records_within(whole: Mapping[str, Any]) -> Found:
    """The most records that one object holds; when it holds none, it is a record itself."""
    nodes = list(_nodes(whole, ()))
    arrays = [(path, value) for path, value in nodes if isinstance(value, list) and value]
    tables = [(path, value) for path, value in arrays if all(isinstance(item, dict) for item in value)]
    grids = [(path, value) for path, value in arrays if all(isinstance(item, list) for item in value)]
    described = [found for path, grid in grids if (found := _described(path, grid, arrays)) is not None]
    if described:
        return max(described, key=lambda found: len(found.records))
    if tables:
        path, records = max(tables, key=lambda item: len(item[1]))
        if len(records) > 1 or not _rich(whole, path):
            return Found(records, path)
    if grids:
        path, records = max(grids, key=lambda item: len(item[1]))
        if len(records) > 1:
            return Found(records, path)
    keyed = [found for path, value in [((), whole), *nodes] if (found := _keyed(path, value)) is not None]
    return max(keyed, key=lambda found: len(found.records), default=Found([whole]))


def beside(whole: Mapping[str, Any], path: Sequence[str]) -> list[str]:
    """The keys, with those that lead to them, that stand beside the keys of `path`."""
    found: list[str] = []
    node: Any = whole
    for depth, key in enumerate(path):
        found += [".".join([*path[:depth], name]) for name in node if name != key]
        node = node[key]
    return sorted(found)


def _nodes(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """All values within objects, with their keys; what is within arrays belongs to the array."""
    if isinstance(value, dict) and len(path) < _DEEPEST:
        for name, inner in value.items():
            yield (*path, name), inner
            yield from _nodes(inner, (*path, name))


def _rich(whole: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether a single record within an object is rather a part of it: other values stand beside it at the top."""
    return len(path) == 1 and sum(not isinstance(value, (dict, list)) for value in whole.values()) > 1


def _described(
    path: tuple[str, ...], grid: Sequence[Any], arrays: Sequence[tuple[tuple[str, ...], Any]]
) -> Found | None:
    """Rows as lists whose columns another list names."""
    width = len(grid[0])
    if any(len(row) != width for row in grid):
        return None
    for _, names in arrays:
        written = [_name(item) for item in names]
        if names is not grid and len(names) == width and all(written):
            return Found(grid, path, [name or "" for name in written])
    return None


def _name(item: Any) -> str | None:
    if isinstance(item, dict):
        return next((str(item[key]) for key in _NAMES if isinstance(item.get(key), str)), None)
    return item if type(item) is str else None


def _keyed(path: tuple[str, ...], value: Any) -> Found | None:
    """An object of columns, or of records that each stand under a name of their own."""
    if not isinstance(value, dict) or not value:
        return None
    parts = list(value.values())
    if all(isinstance(part, list) for part in parts) and len({len(part) for part in parts}) == 1:
        return Found([dict(zip(value, cells, strict=True)) for cells in zip(*parts, strict=True)], path)
    if len(parts) < 2 or not all(isinstance(part, dict) and part for part in parts):
        return None
    keys = [set(part) for part in parts]
    if len(set.intersection(*keys)) < len(set.union(*keys)) / 2:
        return None
    if all(name.isdecimal() for name in set.union(*keys)):
        places = dict.fromkeys(name for part in parts for name in part)
        return Found([{name: part.get(place) for name, part in value.items()} for place in places], path)
    if len(parts) == 2 and not all(name.isalnum() for name in value):
        return None
    key = "key" if not any("key" in part for part in parts) else "_key"
    return Found([{key: name, **part} for name, part in value.items()], path)
