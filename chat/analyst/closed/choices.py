"""Places that hold a name instead of a quantity: the country with the highest score, its year, lists and maps."""

from __future__ import annotations

import re

from chat.analyst.closed.conditions import FRAME, Condition
from chat.analyst.closed.mentions import same
from chat.analyst.closed.plans import Plan
from chat.analyst.closed.problems import NotUnderstood, Problem
from chat.analyst.closed.scopes import flagged, is_yes_or_one, named_flags, subset
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.wording import letters, tokens

_MOST = re.compile(
    r"highest|largest|most|maximum|greatest|biggest|\bmax\b|top|strongest|longest|best|oldest|"
    r"warmest|hottest|wettest|heaviest|fastest|tallest|richest|busiest|priciest|windiest|"
    r"가장\s*(?:\S+\s*)?(?:높은|높|많|큰|긴)|최대|최고",
    re.I,
)
_LEAST = re.compile(
    r"lowest|smallest|least(?! \d)|minimum|fewest|\bmin\b|shortest|worst|youngest|"
    r"coldest|coolest|driest|lightest|slowest|poorest|cheapest|calmest"
    r"|가장\s*(?:\S+\s*)?(?:낮|적|작|짧)|최소|최저",
    re.I,
)
# Adjectives that say by what groups are compared without a column's name: `warmest_month`.
_ADJECTIVES = re.compile(
    r"\b(?:warmest|hottest|coldest|coolest|wettest|driest|heaviest|lightest|fastest|slowest|tallest|shortest|richest|"
    r"poorest|busiest|cheapest|priciest|windiest|calmest|oldest|youngest|longest)\b"
)
_SPREAD = re.compile(
    r"(?:highest|lowest|largest|smallest|greatest|most|least|maximum|minimum|가장\s*(?:높은|낮은|큰|작은))\s+"
    r"(?:skew|kurt|varian|variab|standard dev|왜도|첨도|분산|표준)",
    re.I,
)
_AVERAGE = re.compile(r"average|mean\b|평균", re.I)


def is_choice(plan: Plan, slot: Slot, part: Part) -> bool:
    """Whether a place asks what else is said where something is highest: `max_deaths_year`."""
    name = " ".join(slot.words)
    if not (_MOST.search(name) or _LEAST.search(name)) or part.kind == "text":
        return False
    value = value_column(plan)
    named = [c for c in plan.every_named(slot, part) if c != value]
    return bool(
        named and value and re.search(r"year|date|month|\bid\b|name|model", " ".join([name, *tokens(part.placeholder)]))
    )


def label_column(plan: Plan, slot: Slot, part: Part, value: str | None) -> str:
    """The column whose entry a place asks for."""
    problem = plan.problem
    named = [c for c in plan.every_named(slot, part) if c != value and not problem.is_feature(c)]
    if named:
        return named[0]
    date = problem.date_column()
    if date and re.fullmatch(r"(?:the )?dates?|날짜|일자", part.placeholder.strip(), re.I):
        return date
    found = re.search(r"which\s+(?:of the\s+)?([\w ]{2,40}?)\s+(?:has|have|had|is|are|recorded|with)\b", problem.low)
    for text in (found[1] if found else "", *slot.words, part.placeholder):
        columns = [c for c in problem.columns_in(text) if c != value and c in map(str, problem.frame.columns)]
        if columns:
            return columns[0]
        for column in map(str, problem.frame.columns):
            if (
                text
                and column != value
                and any(same(word, token) for word in tokens(text) for token in tokens(column) if len(token) > 2)
            ):
                return column
    texts = [c for c in map(str, problem.frame.columns) if problem.kind(c) == "text" and c != value]
    unique = [c for c in texts if problem.frame[c].is_unique]
    if unique or len(texts) == 1:
        return (unique or texts)[0]
    raise NotUnderstood(slot.name)


def value_column(plan: Plan) -> str | None:
    """The column that decides who is highest or lowest."""
    problem = plan.problem
    for sentence in problem.sentences:
        found = _MOST.search(sentence) or _LEAST.search(sentence)
        if not found:
            continue
        averaged = [one.name for one in problem.features if re.search(rf"{re.escape(one.name)}의\s", sentence)]
        if averaged:
            return averaged[0]
        after = [c for c in problem.columns_in(sentence[found.end() :], at_least=30) if _is_value(plan, c)]
        anywhere = [c for c in problem.columns_in(sentence, at_least=30) if _is_value(plan, c)]
        if after or anywhere:
            return (after or anywhere)[0]
    numeric = [c for c in plan.mentioned() if _is_value(plan, c)] or plan.mentioned()
    return numeric[0] if numeric else None


def _is_value(plan: Plan, column: str) -> bool:
    """Whether a column of numbers may decide, and isn't what places ask for: the month of `warmest_month`."""
    ends = {slot.words[-1] for slot in plan.problem.format.slots if len(slot.words) > 1 and _is_extreme(slot)}
    return plan.problem.is_numeric(column) and letters(column) not in ends


def _is_extreme(slot: Slot) -> bool:
    return bool(_ADJECTIVES.search(" ".join(slot.words)))


def _frame(plan: Plan, slot: Slot) -> str:
    return plan.frame(slot)


def chosen(plan: Plan, slot: Slot, part: Part) -> str:
    """The name, or the names, that a place asks for."""
    from chat.analyst.closed import models, relations

    problem, script = plan.problem, plan.problem.script
    name = " ".join(slot.words)
    for group in plan.extra:
        if group.column in plan.every_named(slot, part):
            return f"shown({group.value!r})"
    feature = models.feature_rank(plan, slot)
    if feature:
        return feature
    if problem.says(r"pair") and problem.says("correlat") and "pair" in name:
        best, _ = relations.strongest_pair(plan)
        return f"shown(list({best}))"
    strongest = relations.strongest_with(plan)
    if strongest:
        return f"shown({strongest[0]})"
    if re.search(r"min max scaler|scale", name) and problem.says(r"min-?max"):
        return "shown('0-1')"
    if problem.says(r"missing values") and re.search(r"missing", name):
        code = "'No missing values were found.' if not df.isna().any().any() else 'Missing values were filled.'"
        return f"shown({code})"
    across = _across_columns(plan, slot)
    if across:
        return across
    if re.search(r"\bmode\b|most (?:common|frequent)|최빈", f"{name} {problem.low}") and not problem.says(
        r"highest|lowest"
    ):
        column = plan.column(slot, part, numeric=False)
        return f"shown({_frame(plan, slot)}[{column!r}].mode().iloc[0])"
    if not (_MOST.search(problem.body) or _LEAST.search(problem.body)):
        raise NotUnderstood(slot.name)
    value = value_column(plan)
    label = label_column(plan, slot, part, value)
    if asks_for_rate(problem):
        return f"shown({rates(plan, slot, label)}.{_side(plan, slot)}())"
    if _SPREAD.search(problem.body) and (value is None or problem.frame[label].is_unique):
        raise NotUnderstood(slot.name)  # one value has no spread
    if value is None:
        counts = script.let("counts", f"{_frame(plan, slot)}[{label!r}].value_counts()")
        return f"shown({counts}.{_side(plan, slot)}())"
    side = _side(plan, slot)
    frame = _frame(plan, slot)
    grouped = _grouped(plan, frame, label, value)
    if grouped:
        return f"shown({grouped}.{side}())"
    values = plan.series(frame, value)
    if part.kind == "list" or problem.says(r"return all of them|list all|if multiple|모두"):
        extreme = "max" if side == "idxmax" else "min"
        return f"shown(list({frame}.loc[{values} == {values}.{extreme}(), {label!r}].astype(str)))"
    row = script.let("row", f"{frame}.loc[{values}.{side}()]")
    return f"shown({row}[{label!r}])"


def asks_for_rate(problem: Problem) -> bool:
    """Whether a question compares groups by a share of their rows: `the highest return rate`."""
    extreme = r"(?:highest|lowest|largest|smallest|greatest)"
    found = re.search(
        rf"{extreme} (?:\w+ ){{0,2}}(?:rate|percentage|proportion|share)\b|"
        r"[가-힣]+[율률]이?\s*가장|가장\s*(?:높|낮)은\s*[가-힣]+[율률]",
        problem.low,
    )
    return bool(found and not any(problem.is_numeric(c) for c in problem.columns_in(found.group(), at_least=75)))


def rates(plan: Plan, slot: Slot, label: str) -> str:
    """The variable of each group's share of rows, in percent, in which what the question's rate names holds."""
    problem = plan.problem
    said = [one for one in problem.sentences if _MOST.search(one) or _LEAST.search(one)]
    flags = named_flags(problem, [word for one in said for word in tokens(one)])
    flags += [c for c in map(str, problem.frame.columns) if f"{c}율" in problem.body and len(problem.distinct(c)) == 2]
    flags = [one for one in dict.fromkeys(flags) if one != label]
    if len(flags) != 1:
        raise NotUnderstood(slot.name)
    told = [one for one in plan.conditions if one.column == flags[0] and one.is_equality]
    test = told[0].code if told else flagged(problem, flags[0], True).code
    if not told and not is_yes_or_one(problem, flags[0]):
        raise NotUnderstood(slot.name)
    frame = subset(problem, "df", [one for one in plan.conditions if one.column != flags[0]])
    return problem.script.let("per_group", f"{test.replace(FRAME, frame)}.groupby({frame}[{label!r}]).mean() * 100")


def _side(plan: Plan, slot: Slot | None = None) -> str:
    name = " ".join(slot.words) if slot else ""
    name = re.sub(r"\b(?:best|worst|top)\b", "", name)  # the worst may be the highest
    own = bool(_MOST.search(name)), bool(_LEAST.search(name))
    if own in ((True, False), (False, True)):
        return "idxmax" if own[0] else "idxmin"
    most, least = _MOST.search(plan.problem.body), _LEAST.search(plan.problem.body)
    if most and least:
        return "idxmax" if most.start() < least.start() else "idxmin"
    return "idxmin" if least else "idxmax"


def grouping(plan: Plan) -> str | None:
    """How groups are compared that a question wants the highest or lowest of; None where rows are."""
    how = None
    for sentence in map(plan.unnamed, plan.problem.sentences):
        if _MOST.search(sentence) or _LEAST.search(sentence):
            if _AVERAGE.search(sentence):
                how = "mean"
            elif re.search(r"\brange\b", sentence, re.I):
                how = "range"
            elif re.search(r"\btotal\b|\bsum\b|합계|총", sentence, re.I):
                how = "sum"
            elif re.search(r"median|중앙값", sentence, re.I):
                how = "median"
            elif re.search("skewness|왜도", sentence, re.I):
                how = "skew"
            elif re.search(r"standard deviation|표준\s*편차", sentence, re.I):
                how = "std"
            elif re.search(r"\bvariance|분산", sentence, re.I):
                how = "var"
    return how


def speaks_of_extreme(plan: Plan) -> bool:
    """Whether a question asks for the highest or lowest of something."""
    return speaks_of_extremes(plan.problem)


def speaks_of_extremes(problem: Problem) -> bool:
    """Whether a question asks for the highest or lowest of something."""
    return bool(_MOST.search(problem.body) or _LEAST.search(problem.body))


def is_least(plan: Plan, slot: Slot | None = None) -> bool:
    """Whether it, or the name of a place, asks for the lowest."""
    return _side(plan, slot) == "idxmin"


def _grouped(plan: Plan, frame: str, label: str, value: str) -> str | None:
    """The variable of each group's average, sum or count, where the question compares these."""
    problem, script = plan.problem, plan.problem.script
    how = None if plan.problem.frame[label].is_unique else grouping(plan)
    if how is None:
        return None
    groups = f"{frame}.groupby({label!r})[{problem.number(value)}]"
    return large_enough(plan, script.let("per_group", f"{groups}.{method_of(how)}"), label)


def method_of(how: str) -> str:
    """The call that makes one value of each group."""
    return "agg(lambda values: values.max() - values.min())" if how == "range" else f"{how}()"


def large_enough(plan: Plan, groups: str, label: str) -> str:
    """The variable of those groups alone that have at least as many rows as the question wants."""
    problem, script = plan.problem, plan.problem.script
    least = re.search(r"at least (\d+) (\w+)", problem.low.replace("\n", " "))
    sizes = re.findall(r"(?:have|has|with) at least (\d+) (?!reviews)", problem.low)
    if not (least and sizes):
        return groups
    counts = script.let("sizes", f"df[{label!r}].value_counts()")
    return script.let("per_group", f"{groups}[{counts}.reindex({groups}.index) >= {int(sizes[-1])}]")


def _across_columns(plan: Plan, slot: Slot) -> str | None:
    """Which of many columns is highest in one row: the fields of a table with a column for each."""
    problem = plan.problem
    if not re.search(r"\bfields?\b|columns?\b|variables?", " ".join(slot.words)) or not plan.conditions:
        return None
    frame = plan.frame(slot)
    used = [one.column for one in plan.conditions]
    extreme = "max" if _side(plan) == "idxmax" else "min"
    row = problem.script.let("row", f"{frame}.drop(columns={used!r}).select_dtypes('number').iloc[-1]")
    return f"shown(list({row}[{row} == {row}.{extreme}()].index))"


def group_of_most(plan: Plan, slot: Slot, part: Part) -> str | None:
    """The group with the most missing values, or how many those are."""
    problem, script = plan.problem, plan.problem.script
    found = re.search(r"(?:for each|which|each)\s+(\w+)", problem.low)
    if not found or not _MOST.search(" ".join(slot.words)):
        return None
    labels = [c for c in problem.columns_in(found[1]) if c in map(str, problem.frame.columns)]
    labels += [c for c in map(str, problem.frame.columns) if not labels and any(same(found[1], t) for t in tokens(c))]
    if not labels or found[1] in ("column", "variable"):
        return None
    columns = [c for c in plan.mentioned(numeric=False) if c != labels[0]]
    if not columns:
        return None
    counts = script.let("counts", f"df[{columns[0]!r}].isna().groupby(df[{labels[0]!r}]).sum()")
    if part.kind == "text" or "name" in slot.words:
        return f"shown({counts}.idxmax())"
    return plan.show(f"{counts}.max()", part, whole=True)


def groups_compared(plan: Plan, slot: Slot, part: Part) -> str | None:
    """How many groups lie above or below a multiple of the whole average."""
    problem, script = plan.problem, plan.problem.script
    found = re.search(r"(?:average|mean)[^.\n]{0,80}(?:for|of|per|in)\s+(?:hotels in\s+)?each (\w+)", problem.low)
    words = " ".join(slot.words)
    if not found or not re.search(r"higher|above|more|lower|below|less", words):
        return None
    labels = [c for c in problem.columns_in(found[1]) if c in map(str, problem.frame.columns)]
    values = [c for c in plan.mentioned() if c not in labels]
    if not labels or not values:
        return None
    means = script.let("per_group", f"df.groupby({labels[0]!r})[{problem.number(values[0])}].mean()")
    whole = script.let("whole", f"df[{values[0]!r}].mean()")
    twice = problem.says(r"twice|two times|double")
    if re.search(r"higher|above|more", words):
        return plan.show(f"({means} > {'2 * ' if twice else ''}{whole}).sum()", part, whole=True)
    return plan.show(f"({means} < {whole}{' / 2' if twice else ''}).sum()", part, whole=True)


def ranked_group(plan: Plan, slot: Slot) -> Condition | None:
    """The n-th most frequent value of a column: `mean2` of the three most common values of `displacement`."""
    problem = plan.problem
    place = re.search(r"(\d)$", slot.name)
    if not place or not problem.says(r"most (?:common|frequent)|occur most frequently|가장 많이"):
        return None
    columns = []
    for sentence in problem.sentences:
        found = re.search(r"(?:values? of|unique)\s+(.*)", sentence, re.I)
        if found and re.search(r"most (?:common|frequent)|occur", sentence, re.I):
            columns += problem.columns_in(found[1])
    if not columns:
        return None
    column = columns[0]
    return Condition(column, f"({FRAME}[{column!r}] == df[{column!r}].value_counts().index[{int(place[1]) - 1}])")


def at_extreme(plan: Plan, slot: Slot, column: str) -> str | None:
    """What a column says in the row in which another is highest: the wind of the storm with the highest category."""
    found = re.search(
        r"\b(?:with|having) the (highest|lowest|largest|smallest|most|least|maximum|minimum)\s+([^.?\n]+)",
        plan.problem.low,
    )
    if not found:
        return None
    by = [c for c in plan.problem.columns_in(found[2], at_least=40) if plan.problem.is_numeric(c) and c != column]
    if not by:
        return None
    side = "idxmin" if found[1] in ("lowest", "smallest", "least", "minimum") else "idxmax"
    frame = plan.frame(slot)
    return f"{plan.series(frame, column)}.loc[{plan.series(frame, by[0])}.{side}()]"


def same_as_extreme(plan: Plan, slot: Slot) -> str | None:
    """The rows that share something with the highest one: `all vehicles within the same model year`."""
    problem = plan.problem
    found = re.search(r"(?:within|in|of|from) the same ([\w ]{2,30}?) as", problem.low)
    if not found:
        return None
    labels = [c for c in problem.columns_in(found[1]) if c in map(str, problem.frame.columns)]
    value = value_column(plan)
    if not labels or value is None:
        return None
    row = problem.script.let("row", f"df.loc[df[{problem.number(value)}].{_side(plan)}()]")
    return problem.script.let("part", f"df[df[{labels[0]!r}] == {row}[{labels[0]!r}]]")


def change_at_extreme(plan: Plan, slot: Slot, part: Part) -> str | None:
    """The percentage change of a column on the day on which another is highest."""
    problem = plan.problem
    if not problem.says(r"percentage change|변화율"):
        return None
    date = problem.date_column()
    value = value_column(plan)
    if date is None or value is None:
        return None
    named = [c for c in plan.named(slot, part) if c != value] or [c for c in plan.mentioned() if c != value]
    if not named:
        return None
    ordered = problem.script.let("ordered", f"df.sort_values({problem.date(date)}).reset_index(drop=True)")
    return plan.show(f"{ordered}[{named[0]!r}].pct_change(fill_method=None)[{ordered}[{value!r}].idxmax()] * 100", part)


def best_month(plan: Plan, slot: Slot, part: Part) -> str | None:
    """The month, the year or the average of the calendar month whose average is highest or lowest.

    Only where one place asks for all of them; of equal ones it is the latest where the question says so.
    """
    problem, script = plan.problem, plan.problem.script
    asked = [tokens(one.placeholder) for one in slot.parts]
    date = problem.date_column()
    if date is None or not {("month",), ("year",)} <= {tuple(one) for one in asked}:
        return None
    if not (_AVERAGE.search(problem.body) and (_MOST.search(problem.body) or _LEAST.search(problem.body))):
        return None
    words = tokens(part.placeholder)
    values = [c for one in slot.parts for c in plan.named(slot, one) if c != date] or [
        c for c in plan.mentioned() if c != date
    ]
    if not values:
        return None
    months = f"df[{problem.date(date)}].dt.to_period('M')"
    means = script.let("per_month", f"df.groupby({months})[{problem.number(values[0])}].mean()")
    extreme = "max" if _side(plan) == "idxmax" else "min"
    which = "max" if problem.says(r"most recent|latest|later") else "min"
    best = script.let("best_month", f"{means}[{means} == {means}.{extreme}()].index.{which}()")
    if words in (["month"], ["year"]):
        return f"shown({best}.{words[0]}, 0)"
    return plan.show(f"{means}.{extreme}()", part)


def map_of(plan: Plan, slot: Slot, part: Part) -> str:
    """A value for each key: `{'month_1': avg_1, …}` or `{'COLUMN': count, …}`."""
    problem = plan.problem
    keys = re.findall(r"['\"]([^'\"]+)['\"]\s*:", part.placeholder)
    written = {column.strip(): column for column in map(str, problem.frame.columns)}
    if keys and all(key.strip() in written for key in keys) and problem.says(r"missing|null|결측"):
        columns = {key: written[key.strip()] for key in keys}
        if all(key == column for key, column in columns.items()):
            return f"{{name: int(df[name].isna().sum()) for name in {keys!r}}}"
        return f"{{key: int(df[name].isna().sum()) for key, name in {columns!r}.items()}}"
    date = problem.date_column()
    stem = re.fullmatch(r"(month|year|day)_?\d+", keys[0]) if keys else None
    if stem and date:
        numeric = [c for c in plan.named(slot, part) + plan.mentioned() if c != date]
        if numeric:
            decimals = 2 if part.decimals is None else part.decimals
            parts = f"df[{problem.date(date)}].dt.{stem[1]}"
            groups = f"df.groupby({parts})[{problem.number(numeric[0])}].mean().round({decimals})"
            return f"{{f'{stem[1]}_{{key}}': float(value) for key, value in {groups}.items()}}"
    raise NotUnderstood(slot.name)


def within(plan: Plan, conditions: list[Condition]) -> str:
    """The rows that meet conditions."""
    return subset(plan.problem, "df", conditions)
