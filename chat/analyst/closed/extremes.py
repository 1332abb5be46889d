"""What is asked beside the highest or lowest of groups: their average or count, their month, and who meets a rule."""

from __future__ import annotations

import re

from chat.analyst.closed.choices import (
    grouping,
    is_least,
    label_column,
    large_enough,
    method_of,
    speaks_of_extreme,
    value_column,
)
from chat.analyst.closed.conditions import FRAME
from chat.analyst.closed.features import masked
from chat.analyst.closed.plans import Plan
from chat.analyst.closed.problems import NotUnderstood
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.wording import tokens

_UNITS = {"month": "month", "year": "year", "hour": "hour", "quarter": "quarter", "weekday": "day_name()"}
_KOREAN_UNITS = {"월": "month", "달": "month", "연도": "year", "년도": "year", "시간": "hour", "분기": "quarter"}
_ASKS_FOR_IT = re.compile(
    r"\b(?:what|how)\s+(?:is|was|much|many|are|were)\b[^.?\n]{0,20}\b(?:that|this|its|their|the)\b|\bhow many\b|"
    r"\band (?:its|that|this|the|their)\s+(?:average|mean|median|total|sum|count|number|value)|"
    r"그\s*(?:\S*\s)?(?:평균|값|건수|합계|수|개수|인원)|몇\s*(?:명|건|개|번|회)",
    re.I,
)
_ROUNDING = re.compile(r"\bround\b[^.\n]*|[^.\n]*(?:자리|반올림)[^\n]*")
_OF_ALL = re.compile(r"overall|\ball\b|whole|entire|전체")


def calendar_unit(plan: Plan, slot: Slot, part: Part) -> str | None:
    """The part of dates that a place asks for where the table has none of its own: the month of the best average."""
    words = [*slot.words, *tokens(part.placeholder)]
    if plan.problem.says(r"day of (?:the )?week|weekday") and re.search(r"weekday|day", slot.name, re.I):
        words = ["weekday"]
    unit = next((_UNITS[word] for word in words if word in _UNITS), None) or _KOREAN_UNITS.get(slot.name.strip())
    if unit is None or len(slot.parts) > 1 or part.words or plan.problem.date_column() is None:
        return None
    own = {word for column in map(str, plan.problem.frame.columns) for word in tokens(column)}
    if own & ({unit} | {word for word, name in _KOREAN_UNITS.items() if name == unit}):
        return None
    if unit == "day_name()":
        return unit if part.kind in ("text", "number") and speaks_of_extreme(plan) else None
    return unit if speaks_of_extreme(plan) and not plan.slot_conditions(slot) else None


def calendar_choice(plan: Plan, slot: Slot, part: Part) -> str | None:
    """The month, year, hour or quarter whose average, sum or count is highest or lowest."""
    unit = calendar_unit(plan, slot, part)
    if unit is None:
        return None
    best = f"{groups_of(plan, slot, part)[0]}.{'idxmin' if is_least(plan, slot) else 'idxmax'}()"
    if unit == "day_name()":
        return f"shown({best})"
    if part.kind == "text" and unit == "month":
        return f"shown(pd.Timestamp(2000, {best}, 1).month_name())"
    return f"shown({best}, 0)"


def beside_choice(plan: Plan, slot: Slot, part: Part, measure: str | None) -> str | None:
    """What the chosen group's own average or count is: `which country has the highest average, and what is that?`"""
    if part.kind not in ("number", "integer") or measure not in (
        "mean",
        "median",
        "sum",
        "count",
        "max",
        "min",
        "range",
        "percentage",
    ):
        return None
    asked = _ASKS_FOR_IT.search(plan.problem.body) or re.search(
        r"best|highest|lowest|top|most|최고|최저", slot.name, re.I
    )
    places = plan.problem.format.slots
    after_choice = any(one.parts[0].kind == "text" for one in places[: places.index(slot)])
    if (
        not (asked or after_choice or _said_once(plan, measure))
        or not speaks_of_extreme(plan)
        or _OF_ALL.search(slot.name.lower())
        or plan.slot_conditions(slot)
    ):
        return None
    for other in plan.problem.format.slots:  # the choice that this stands beside
        one = other.parts[0]
        if other is slot or len(other.parts) > 1 or one.words:
            continue
        if one.kind != "text" and calendar_unit(plan, other, one) is None:
            continue
        try:
            groups, how = groups_of(plan, other, one)
        except NotUnderstood:
            continue
        if measure == "percentage":
            if how not in ("sum", "size") or not plan.problem.says(
                r"\b(?:share|percentage|percent|proportion|fraction) of (?:the |all )?(?:\w+ )?(?:overall|total|"
                r"whole|entire)\b|"
                r"\baccounts? for\b|\bmakes? up\b"
            ):
                continue
            part_of = f"{groups}.{'min' if is_least(plan) else 'max'}() / {groups}.sum()"
            percent = plan.problem.says(r"percent|%") or re.search(r"percent|pct", slot.name)
            return plan.show(f"{part_of} * 100" if percent else part_of, part)
        if how == measure or (measure in ("max", "min") and how != "size"):
            return plan.show(f"{groups}.{'min' if is_least(plan) else 'max'}()", part, whole=how == "size")
        if measure == "count" and how == "size":
            return plan.show(f"{groups}.{'min' if is_least(plan) else 'max'}()", part, whole=True)
    return None


def _said_once(plan: Plan, measure: str) -> bool:
    """Whether a question names a statistic just once, with its highest: no other one can be meant beside."""
    pattern = {
        "mean": r"\b(?:mean|average)\b|평균", "median": r"\bmedian\b|중앙값", "sum": r"\btotal\b|\bsum\b|합계|총",
    }.get(measure)  # fmt: skip
    return bool(pattern) and len(re.findall(pattern or "", plan.unnamed(_ROUNDING.sub(" ", plan.problem.low)))) == 1


def groups_of(plan: Plan, slot: Slot, part: Part) -> tuple[str, str]:
    """The variable of what is compared among the groups that a place chooses from, and how it is made of them."""
    problem, script = plan.problem, plan.problem.script
    unit = calendar_unit(plan, slot, part)
    frame = plan.frame(slot)
    value = value_column(plan)
    date = problem.date_column()
    value = None if value == date else value
    key = (
        repr(label_column(plan, slot, part, value))
        if unit is None
        else f"{frame}[{problem.date(date or '')}].dt.{unit}"
    )
    how = grouping(plan)
    if value is not None and how is not None:
        if unit is None and problem.frame[label_column(plan, slot, part, value)].is_unique:
            raise NotUnderstood(slot.name)
        groups = script.let("per_group", f"{frame}.groupby({key})[{problem.number(value)}].{method_of(how)}")
        return (groups if unit else large_enough(plan, groups, label_column(plan, slot, part, value))), how
    if value is None or _counts_rows(plan):
        return script.let("counts", f"{frame}.groupby({key}).size()"), "size"
    raise NotUnderstood(slot.name)


def _counts_rows(plan: Plan) -> bool:
    return plan.problem.says(r"most (?:common|frequent|often)|occurs? most|가장 많은 (?:거래|건|학생|사람|직원|고객)")


def on_that_day(plan: Plan, slot: Slot, part: Part) -> str | None:
    """What a column says in the row in which another is highest: `how warm was it on that day?`"""
    if not plan.problem.says(
        r"\bon that (?:day|date)\b|\bwhat (?:is|was|are|were) (?:its|their|his|her)\b|\bin that (?:year|month|"
        r"row)\b|그날|그 날|해당 (?:일|날|행)"
    ):
        return None
    value = value_column(plan)
    named = [c for c in plan.named(slot, part) if c != value]
    if value is None or not named or not speaks_of_extreme(plan) or grouping(plan):
        return None
    frame = plan.frame(slot)
    side = "idxmin" if is_least(plan) else "idxmax"
    return plan.show(f"{plan.series(frame, named[0])}.loc[{plan.series(frame, value)}.{side}()]", part)


def those_who_meet(plan: Plan, slot: Slot, part: Part) -> str | None:
    """The groups in which a statistic meets a rule, in the order of the alphabet: `machines with a maximum above 8`."""
    problem = plan.problem
    if part.kind != "list":
        return None
    for sentence in problem.sentences:
        mask = masked(problem, sentence)
        found = re.search(
            r"\b(average|mean|median|total|sum|maximum|minimum|max|"
            r"min)\s+(?:of\s+)?(?:the\s+)?⟦(\d+)⟧\s*(?:values?\s*)?"
            r"(?:is|was|are|of)?\s*(above|over|greater than|more than|higher than|below|under|less than|lower "
            r"than|>|<)\s*"
            r"(-?\d+(?:\.\d+)?)",
            mask.text,
            re.I,
        )
        if not found:
            continue
        column = mask.at(found[2])
        how = {"average": "mean", "total": "sum", "maximum": "max", "minimum": "min"}.get(
            found[1].lower(), found[1].lower()
        )
        sign = "<" if re.match(r"below|under|less|lower|<", found[3], re.I) else ">"
        general = [one for one in plan.conditions if one.column != column]
        frame = "df"
        if general:
            frame = problem.script.let("part", f"df[{' & '.join(one.code.replace(FRAME, 'df') for one in general)}]")
        label = label_column(plan, slot, part, column)
        groups = problem.script.let("per_group", f"{frame}.groupby({label!r})[{problem.number(column)}].{how}()")
        return f"shown(sorted({groups}.index[{groups} {sign} {float(found[4])!r}]))"
    return None
