"""Outliers by quartiles or z-scores: which rows they are, what they are worth, and what is left without them."""

from __future__ import annotations

import re

from chat.analyst.closed.features import masked
from chat.analyst.closed.plans import Plan
from chat.analyst.closed.problems import NotUnderstood
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.wording import plain, tokens


def outlier_mask(plan: Plan, frame: str, column: str) -> str:
    """The variable that tells which rows of a frame are outliers in a column."""
    facts, script = plan.facts, plan.problem.script
    values = plan.series(frame, column)
    if facts.outlier_method is None:
        raise NotUnderstood("outliers")
    factor = plain(facts.outlier_factor)
    if facts.outlier_method == "iqr":
        q1 = script.let("q1", f"{values}.quantile(0.25)")
        q3 = script.let("q3", f"{values}.quantile(0.75)")
        low, high = f"{q1} - {factor!r} * ({q3} - {q1})", f"{q3} + {factor!r} * ({q3} - {q1})"
        return script.let("is_outlier", f"({values} < {low}) | ({values} > {high})")
    ddof = "" if plan.problem.says(r"z-?\s?scores?[^.\n]{0,90}sample standard deviation|ddof\s*=\s*1") else "ddof=0"
    z = script.let("z", f"({values} - {values}.mean()) / {values}.std({ddof})")
    return script.let("is_outlier", f"{z} > {factor!r}" if facts.upper_only else f"{z}.abs() > {factor!r}")


def kept_rows(plan: Plan, frame: str, column: str) -> str:
    """The variable that holds the rows of a frame without the outliers of a column."""
    grouped = _group_mask(plan, column) if frame == "df" else None
    mask = grouped[0] if grouped else outlier_mask(plan, frame, column)
    return plan.problem.script.let("kept", f"{frame}[~{mask}]")


def _stated_columns(plan: Plan) -> list[str]:
    """The columns that are said to have outliers in so many words: `outliers in the X column`."""
    found: list[str] = []
    for sentence in plan.problem.sentences:
        mask = masked(plan.problem, sentence)
        marks = re.findall(
            r"outliers?\s+(?:\w+\s+)?(?:in|of|from|for|within|on)\s+(?:[\w'’\"“]+\s+){0,3}?[\"'“‘]?⟦(\d+)⟧|"
            r"⟦(\d+)⟧[\"'”’]?\s*(?:열|컬럼|칼럼|값|변수)?(?:의|에서|에)\s*이상[치값]",
            mask.text,
            re.I,
        )
        found += [column for pair in marks for mark in pair if mark for column in [mask.at(mark)]]
    return [column for column in dict.fromkeys(found) if plan.problem.is_numeric(column)]


def outlier_column(plan: Plan, slot: Slot, part: Part) -> str:
    """The column whose outliers a question speaks of."""
    stated = _stated_columns(plan)
    if len(stated) == 1:
        return stated[0]
    for sentence in plan.problem.sentences:
        if re.search(r"outlier|이상치|이상값|z[- ]?score", sentence, re.I):
            found = [c for c in plan.problem.columns_in(sentence, at_least=40) if plan.problem.is_numeric(c)]
            if found:
                return found[0]
    return plan.column(slot, part)


def outlier_value(plan: Plan, slot: Slot, part: Part) -> str:
    """The code of what a place asks about outliers."""
    own, stated = plan.named(slot, part), _stated_columns(plan)
    column = (
        own[0]
        if own
        and len(plan.problem.format.slots) > 1
        and own[0] in plan.mentioned()
        and (own[0] in stated or len(stated) != 1)
        else outlier_column(plan, slot, part)
    )
    words = " ".join([*slot.words, *tokens(part.placeholder)])
    name = " ".join(slot.words)
    script = plan.problem.script
    by_group = _by_group(plan, slot, part, column)
    if by_group:
        return by_group
    frame = plan.frame(slot)
    if re.search(r"\bwithout\b|\b(?:no|non|not) (?:an )?outliers?\b|after|remaining|\bleft\b", name) and not re.search(
        r"count|number", name
    ):
        return _statistic(plan, kept_rows(plan, frame, column), _other_or(plan, slot, part, column), name, part)
    if re.search(r"\bwith outliers\b", name):
        return _statistic(plan, frame, _other_or(plan, slot, part, column), name, part)
    if re.search(r"\bleft\b|remaining|after", name) and re.search(r"entries|rows|count|number", name):
        return plan.show(f"len({kept_rows(plan, frame, column)})", part, whole=True)
    mask = outlier_mask(plan, frame, column)
    chosen = script.let("outliers", f"{frame}[{mask}]")
    if part.kind in ("list", "text") and not part.words:
        return _listed(plan, slot, part, chosen, column)
    if re.search(r"percent|proportion|share|비율", words):
        factor = " * 100" if re.search(r"percent|비율|%", part.says + words) else ""
        return plan.show(f"{mask}.mean(){factor}", part)
    if re.search(r"\brange low\b|\blow\b|\bmin|lowest", words):
        return plan.show(f"{chosen}[{column!r}].min()", part)
    if re.search(r"\brange high\b|\bhigh\b|\bmax|highest", words):
        return plan.show(f"{chosen}[{column!r}].max()", part)
    for measure in ("mean", "median", "sum"):
        if (
            re.search(rf"\b{measure}|\baverage" if measure == "mean" else rf"\b{measure}\b", words)
            and "count" not in words
        ):
            return plan.show(f"{chosen}[{column!r}].{measure}()", part)
    return plan.show(f"len({chosen})", part, whole=True)


def _other_or(plan: Plan, slot: Slot, part: Part, column: str) -> str:
    named = plan.named(slot, part)
    return named[0] if named else column


def _by_group(plan: Plan, slot: Slot, part: Part, column: str) -> str | None:
    """How many groups have outliers of their own: `number of countries with outliers`."""
    words = " ".join(slot.words)
    found = re.search(r"(?:no|number|num|count) of (\w+) with outliers", words)
    if re.search(r"\b(?:mean|median|average|std|sum)\b", words):
        return None
    grouped = _group_mask(plan, column) if found else None
    if grouped is None:
        return None
    return plan.show(f"df.loc[{grouped[0]}, {grouped[1]!r}].nunique()", part, whole=True)


def _group_mask(plan: Plan, column: str) -> tuple[str, str] | None:
    """The variable that tells the outliers within each group, and the groups' column, where a question wants that."""
    each = re.search(
        r"(?:outliers?|이상[치값])[^.\n?]{0,60}\b(?:for|within|in|of) each (\w+)|(?:for|within) each "
        r"(\w+)[^.\n]{0,60}outlier",
        plan.problem.low,
    )
    if not each:
        return None
    groups = [c for c in plan.problem.columns_in(each[1] or each[2]) if c in plan.problem.groups()]
    if not groups or any(plan.slot_conditions(slot) for slot in plan.problem.format.slots):
        return None
    values = plan.series("df", column)
    grouped = f"df.groupby({groups[0]!r})[{column!r}]"
    script = plan.problem.script
    if plan.facts.outlier_method == "iqr":
        q1 = script.let("group_q1", f"{grouped}.transform(lambda x: x.quantile(0.25))")
        q3 = script.let("group_q3", f"{grouped}.transform(lambda x: x.quantile(0.75))")
        factor = plain(plan.facts.outlier_factor)
        mask = f"({values} < {q1} - {factor!r} * ({q3} - {q1})) | ({values} > {q3} + {factor!r} * ({q3} - {q1}))"
    else:
        z = script.let(
            "group_z", f"({values} - {grouped}.transform('mean')) / {grouped}.transform(lambda x: x.std(ddof=0))"
        )
        mask = f"{z}.abs() > {plain(plan.facts.outlier_factor)!r}"
    return script.let("is_group_outlier", mask), groups[0]


def _statistic(plan: Plan, frame: str, column: str, name: str, part: Part) -> str:
    from chat.analyst.closed.computing import statistic

    for measure, pattern in (
        ("median", "median"),
        ("std", r"std|deviation|\bsd\b"),
        ("mean", "mean|average"),
        ("max", "max"),
        ("min", "min"),
        ("count", "count|number|rows"),
    ):
        if re.search(pattern, name):
            return statistic(plan, frame, column, measure, part)
    raise NotUnderstood(name)


def _listed(plan: Plan, slot: Slot, part: Part, chosen: str, column: str) -> str:
    """The outliers as a list: of values, of row numbers, or of what another column calls them."""
    words = " ".join([*slot.words, *tokens(part.placeholder), *tokens(part.description)])
    decimals = "" if part.decimals is None else f", {part.decimals}"
    if re.search(r"row (?:number|index|indices)|indices|\bindex\b|locations", words + plan.problem.low):
        return f"shown(list({chosen}.index))"
    other = [c for c in _list_columns(plan, slot, part) if c != column]
    if other:
        order = (
            f".sort_values({other[0]!r})"
            if re.search(r"sorted|ascending|오름차순", part.description.lower() + plan.problem.low)
            else ""
        )
        return f"shown(list({chosen}{order}[{other[0]!r}].astype(str)))"
    order = ".sort_values()" if re.search(r"ascending|sorted|오름차순", words + plan.problem.low) else ""
    return f"shown(list({chosen}[{column!r}]{order}){decimals})"


def _list_columns(plan: Plan, slot: Slot, part: Part) -> list[str]:
    name = " ".join(slot.words)
    if re.search(r"\bvalues?\b|\blist$|^outliers$", name) and not re.search(r"\bids?\b|identifier", name):
        return []
    named = plan.named(slot, part, numeric=False)
    if named:
        return named
    if re.search(r"\bids?\b|identifiers?", name):
        return [c for c in map(str, plan.problem.frame.columns) if re.search(r"(?:^|[_ ])id$|Id$|ID$|identifier", c)][
            :1
        ]
    wanted = [word for word in slot.words if word not in ("outlier", "outliers", "list", "of")]
    texts = [c for c in map(str, plan.problem.frame.columns) if plan.problem.kind(c) == "text"]
    near = [c for c in map(str, plan.problem.frame.columns) if any(w[:4] == t[:4] for w in wanted for t in tokens(c))]
    return near[:1] or (
        texts[:1]
        if wanted
        and not re.search(r"value", name)
        and part.kind == "list"
        and not plan.named(slot, part)
        and _is_names(part)
        else []
    )


def _is_names(part: Part) -> bool:
    return bool(re.search(r"string|name", part.says, re.I))
