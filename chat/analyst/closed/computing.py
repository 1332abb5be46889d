"""The code of each quantity: statistics of a column, counts, missing values, and where the other modules take over."""

from __future__ import annotations

import re

from chat.analyst.closed import choices, clusters, decisions, differences, extremes, models, relations, toplists
from chat.analyst.closed.calendars import MONTHS
from chat.analyst.closed.conditions import FRAME, Condition
from chat.analyst.closed.measures import is_quantity
from chat.analyst.closed.outliers import kept_rows, outlier_column, outlier_value
from chat.analyst.closed.plans import Plan
from chat.analyst.closed.preparing import ASKS_FILLING
from chat.analyst.closed.problems import NotUnderstood
from chat.analyst.closed.scopes import equal, is_flag, subset
from chat.analyst.closed.series import SERIES
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.wording import letters, tokens

_STATISTICS = frozenset(
    re.findall(r"\w+", "mean median std variance mode min max range sum iqr q1 q3 skewness kurtosis count unique")
)
_MODEL = frozenset(re.findall(r"\w+", "rmse mse mae r2 f1 precision recall auc accuracy intercept slope"))

_PROSE = re.compile(r"\b(?:descri(?:ption|bing)|explanation|explaining|interpretation|summary) of\b|설명하는", re.I)
_TABLE = re.compile(r"(?:an?|the)\s+(?:\w+\s+){0,2}(?:data ?frame|table|data ?set)\b", re.I)


def value_of(plan: Plan, slot: Slot, part: Part, measure: str | None) -> str:
    """The code that prints a part of a place. Raises NotUnderstood."""
    if re.search(r"file[ _]?path|file[ _]?name|파일\s*경로", part.says, re.I):
        raise NotUnderstood(slot.name)  # nothing is written here
    if re.match(r"[\"“']\s*no\b", slot.inside, re.I):
        raise NotUnderstood(slot.name)  # a sentence for the case that there is nothing to answer
    if _TABLE.match(part.placeholder):
        raise NotUnderstood(slot.name)  # a whole table is no value
    if _is_ungrouped(plan, slot, part):
        raise NotUnderstood(slot.name)
    apart = differences.difference(plan, slot, part)
    if apart:
        return apart
    if _is_unknown_difference(plan, slot, part):
        raise NotUnderstood(slot.name)
    if _PROSE.search(part.says):
        return _no_gaps(plan, slot, part)
    dated = choices.best_month(plan, slot, part)
    if dated:
        return dated
    beside = extremes.calendar_choice(plan, slot, part) or extremes.beside_choice(plan, slot, part, measure)
    beside = beside or extremes.on_that_day(plan, slot, part) or extremes.those_who_meet(plan, slot, part)
    if beside:
        return beside
    clustered = clusters.cluster_value(plan, slot, part)
    if clustered:
        return clustered
    listed = toplists.top_list(plan, slot, part)
    if listed:
        return listed
    if part.kind == "map":
        return choices.map_of(plan, slot, part)
    if measure == "decision":
        return decisions.decision(plan, slot, part)
    if measure == "has_missing":
        column = plan.column(slot, part)
        return f"shown(bool(df[{column!r}].isna().any()))"
    if measure == "outlier" or (measure is None and part.kind == "list" and _lists_outliers(plan)):
        return outlier_value(plan, slot, part)
    if measure in ("missing", "missing_percentage", "duplicates"):
        return _missing(plan, slot, part, measure)
    if measure is not None and measure in _MODEL:
        return models.metric(plan, slot, part, measure)
    if models.predicts(plan, slot):
        return models.prediction(plan, slot, part)
    if part.kind in ("text", "list") and measure in ("correlation", *_STATISTICS):
        return choices.chosen(plan, slot, part)
    if measure in ("p_value", "statistic"):
        return relations.test_value(plan, slot, part, measure)
    if measure == "correlation":
        return relations.correlation_value(plan, slot, part)
    if part.kind in ("text", "list") or choices.is_choice(plan, slot, part):
        return choices.chosen(plan, slot, part)
    if measure == "first":
        place = -1 if re.search(r"\blast\b", part.says.lower()) else 0
        return plan.show(f"{plan.series(plan.frame(slot), plan.column(slot, part))}.iloc[{place}]", part)
    if measure == "within":
        return _within(plan, slot, part)
    if measure in ("percentage", "change"):
        return _percentage(plan, slot, part)
    if measure == "percentile":
        return _percentile(plan, slot, part)
    if measure == "count":
        return _count(plan, slot, part)
    if measure is not None and measure in _STATISTICS:
        return _statistic_of_slot(plan, slot, part, measure)
    if measure is None and not part.decimals and re.search(r"\bwhich\b|\bwho\b|어느|어떤|은\?|는\?", plan.problem.low):
        return choices.chosen(plan, slot, part)
    if part.kind == "number" and plan.slot_conditions(slot):
        return _count(plan, slot, part)
    raise NotUnderstood(slot.name)


def _lists_outliers(plan: Plan) -> bool:
    """Whether outliers are what a question wants to have listed."""
    asks = [one for one in plan.problem.sentences if re.search(r"identif|find|list|provide|which|찾|나열", one, re.I)]
    return plan.facts.outlier_method is not None and any(re.search(r"outlier|이상[치값]", one, re.I) for one in asks)


def _is_unknown_difference(plan: Plan, slot: Slot, part: Part) -> bool:
    """Whether a place wants a difference, a ratio or the like of quantities, which no column is."""
    if part.words or part.kind not in ("number", "integer") or plan.problem.features:
        return False
    pattern = (
        r"\b(?:difference|diff|gap|ratio|cv|variation|covariance|autocorrelation|entropy|growth)\b|차이|격차|변동계수"
    )
    known = any(re.search(pattern, " ".join(tokens(column))) for column in map(str, plan.problem.frame.columns))
    return bool(re.search(pattern, " ".join(slot.words))) and not known


def _is_ungrouped(plan: Plan, slot: Slot, part: Part) -> bool:
    """Whether a place is like those of the groups that the question makes and yet names none of them."""
    labelled = {one.name for one in plan.problem.features if one.labels}
    if not labelled or part.kind not in ("number", "integer") or differences.is_difference(slot):
        return False
    told: list[Slot] = [
        other for other in plan.problem.format.slots if any(c.column in labelled for c in plan.slot_conditions(other))
    ]
    of_all = re.search(r"overall|\ball\b|whole|entire|total|each|전체", " ".join(slot.words))
    if not told or slot in told or of_all:
        return False
    known = {word for other in told for word in other.words} | {
        word for c in plan.problem.columns for word in tokens(c)
    }
    return any(word not in known and not is_quantity(word) for word in slot.words)


def _no_gaps(plan: Plan, slot: Slot, part: Part) -> str:
    """The sentence that a place lays down for a table without gaps; other prose isn't written."""
    found = re.search(r"no missing values?[^\"“”]{0,60}[\"“](no [^\"“”]+)[\"”]", part.says, re.I)
    if not found or plan.problem.frame.isna().any().any():
        raise NotUnderstood(slot.name)
    return f"shown({found[1]!r})"


def statistic(plan: Plan, frame: str, column: str, measure: str, part: Part) -> str:
    """A statistic of a column of a frame."""
    values = plan.series(frame, column)
    scipy = plan.facts.by_scipy
    ddof = "ddof=0" if plan.facts.population else ""
    code = {
        "mean": f"{values}.mean()", "median": f"{values}.median()", "std": f"{values}.std({ddof})",
        "variance": f"{values}.var({ddof})", "min": f"{values}.min()", "max": f"{values}.max()",
        "sum": f"{values}.sum()", "range": f"({values}.max() - {values}.min())", "mode": f"{values}.mode().iloc[0]",
        "iqr": f"({values}.quantile(0.75) - {values}.quantile(0.25))", "q1": f"{values}.quantile(0.25)",
        "q3": f"{values}.quantile(0.75)", "count": f"{values}.count()", "unique": f"{values}.nunique()",
        "skewness": skewness(plan, frame, column),
        "kurtosis": f"stats.kurtosis({values}.dropna())" if scipy else f"{values}.kurt()",
    }[measure]  # fmt: skip
    return plan.show(code, part, whole=measure in ("count", "unique") and part.decimals is None)


def skewness(plan: Plan, frame: str, column: str) -> str:
    """The code of a column's skewness by the definition that the question names."""
    values = plan.series(frame, column)
    if plan.problem.says(r"pearson'?s first|first coefficient of skewness"):
        return f"({values}.mean() - {values}.mode().iloc[0]) / {values}.std()"
    if plan.problem.says(r"pearson'?s second|second coefficient of skewness"):
        return f"3 * ({values}.mean() - {values}.median()) / {values}.std()"
    return f"stats.skew({values}.dropna())" if plan.facts.by_scipy else f"{values}.skew()"


def _statistic_of_slot(plan: Plan, slot: Slot, part: Part, measure: str) -> str:
    ranked = choices.ranked_group(plan, slot)
    column = plan.column(slot, part, numeric=measure not in ("mode", "unique"))
    if measure in ("mode", "unique") and not plan.problem.is_numeric(column):
        frame = plan.frame(slot)
        if measure == "unique":
            return _unique(plan, frame, column, part)
        return f"shown({frame}[{column!r}].mode().iloc[0])"
    if measure == "unique":
        return _unique(plan, plan.frame(slot), column, part)
    filled = plan.problem.filled.get((column, measure))
    if filled and ASKS_FILLING.search(f"{' '.join(slot.words)} {part.says}"):
        return plan.show(filled, part)
    if ranked:
        return statistic(plan, subset(plan.problem, "df", [ranked]), column, measure, part)
    at_extreme = choices.at_extreme(plan, slot, column) if measure in ("max", "min") else None
    if at_extreme:
        return plan.show(at_extreme, part)
    frame = choices.same_as_extreme(plan, slot) or plan.frame(slot)
    before = plan.is_before(slot) and any(not plan.is_before(other) for other in plan.problem.format.slots)
    if plan.removes_outliers and not before and not re.search(r"replac\w*[^.\n]{0,60}\bwith\b", plan.problem.low):
        other = outlier_column(plan, slot, part)
        mentioned = (
            plan.problem.is_feature(column) or other == column or re.search(r"rows|dataset|dataframe", plan.problem.low)
        )
        if mentioned:
            frame = kept_rows(plan, frame, other)
    return statistic(plan, frame, column, measure, part)


def _unique(plan: Plan, frame: str, column: str, part: Part) -> str:
    at_least = re.search(r"at least (\d+)|(\d+)회 이상|minimum of (\d+)", plan.problem.low)
    if at_least:
        limit = int(next(group for group in at_least.groups() if group))
        return plan.show(f"({frame}[{column!r}].value_counts() >= {limit}).sum()", part, whole=True)
    return plan.show(f"{frame}[{column!r}].nunique()", part, whole=True)


def _missing(plan: Plan, slot: Slot, part: Part, measure: str) -> str:
    problem = plan.problem
    if measure == "duplicates":
        if any(line.startswith("duplicates") for line in problem.script.lines):
            return plan.show("duplicates", part, whole=True)
        return plan.show("df.duplicated().sum()", part, whole=True)
    name = " ".join(slot.words)
    if part.kind == "list":
        frame = "df.select_dtypes(include=['object', 'string'])" if problem.says(r"\bobject\b|\bstrings?\b") else "df"
        return f"shown(sorted({frame}.columns[{frame}.isna().any()]))"
    group = choices.group_of_most(plan, slot, part)
    if group:
        return group
    if part.kind == "text" or (re.search(r"column", name) and not re.search(r"count|number", name)):
        return "shown(df.isna().sum().idxmax())"
    named = plan.named(slot, part, numeric=False) or plan.mentioned(numeric=False)
    if not named and (unknown := problem.unknown_column()):
        raise NotUnderstood(unknown)
    share = measure == "missing_percentage"
    after = re.search(r"\bafter|remain|\bleft\b|still|후|남은", name) and not plan.is_before(slot)
    frame = plan.before if plan.before and not after else "df"
    if not named or (
        re.search(r"\btotal missing|missing values? in the (?:entire|whole) dataset", problem.low) and not named
    ):
        code = f"{frame}.isna().mean().mean()" if share else f"{frame}.isna().sum().sum()"
    else:
        column = named[0]
        code = f"{frame}[{column!r}].isna().mean()" if share else f"{frame}[{column!r}].isna().sum()"
    if share:
        as_share = re.search(r"between 0 and 1\b(?!0)", part.says) or re.search("proportion|fraction", name + part.says)
        return plan.show(code if as_share else f"{code} * 100", part)
    return plan.show(code, part, whole=True)


def _percentile(plan: Plan, slot: Slot, part: Part) -> str:
    said = f"{slot.name} {part.says}".replace("_", " ")
    found = re.search(
        r"(\d{1,2})\s*(?:st|nd|rd|th)?\s*percentile|\bp\s?(\d{1,2})\b|(\d{1,2})\s*백분위|백분위수?\s*(\d{1,2})",
        said,
        re.I,
    )
    if not found:
        raise NotUnderstood(slot.name)
    share = int(next(group for group in found.groups() if group)) / 100
    return plan.show(f"{plan.series(plan.frame(slot), plan.column(slot, part))}.quantile({share!r})", part)


def _within(plan: Plan, slot: Slot, part: Part) -> str:
    column = plan.column(slot, part)
    values = plan.series(plan.frame(slot), column)
    ddof = "ddof=0" if plan.facts.population else ""
    code = f"{values}.between({values}.mean() - {values}.std({ddof}), {values}.mean() + {values}.std({ddof})).sum()"
    return plan.show(code, part, whole=True)


def _percentage(plan: Plan, slot: Slot, part: Part) -> str:
    """The share of rows that meet the place's conditions, or a ratio of two columns' sums."""
    problem = plan.problem
    if choices.asks_for_rate(problem) and not plan.slot_conditions(slot):
        others = [one for one in problem.format.slots if one is not slot and one.parts[0].kind == "text"]
        if len(others) != 1:
            raise NotUnderstood(slot.name)
        label = choices.label_column(plan, others[0], others[0].parts[0], None)
        side = "min" if choices.is_least(plan) else "max"
        return plan.show(f"{choices.rates(plan, slot, label)}.{side}()", part)
    if problem.says(r"percentage of (?:missing|null)|missing[^.\n]{0,20}percentage|결측[^.\n]{0,8}비율"):
        return _missing(plan, slot, part, "missing_percentage")
    own = plan.slot_conditions(slot)
    conditions = own or plan.conditions
    scale = "" if re.search(r"between 0 and 1(?!0)\b|proportion|fraction", f"{part.says} {slot.name}") else " * 100"
    if not re.search(r"percent|pct|%|백분율", f"{part.says} {slot.name} {problem.low}") and problem.says(
        r"\bproportion\b|\bfraction\b"
    ):
        scale = ""
    made = [one for one in problem.features if not one.labels]
    amount = _amount_of_share(plan)
    if amount and conditions and not made:
        general = [one for one in plan.conditions if one.column not in {c.column for c in conditions}]
        part_of = subset(problem, "df", [*general, *conditions])
        whole = subset(
            problem, "df", [one for one in plan.conditions if own and one.column not in {c.column for c in own}]
        )
        sums = f"{plan.series(part_of, amount)}.sum() / {plan.series(whole, amount)}.sum()"
        return plan.show(f"{sums}{scale}", part)
    flag = _flag_of_rate(plan, slot)
    if flag:
        return plan.show(f"{plan.series(plan.frame(slot), flag)}.mean(){scale}", part)
    if conditions and not made:
        told = {one.column for one in own}
        of_these = [] if own else _whole_of(plan)
        if of_these:
            base = subset(problem, "df", of_these)
            codes = " & ".join(one.code.replace(FRAME, base) for one in conditions if one not in of_these)
            return plan.show(f"({codes}).mean(){scale}", part)
        base = subset(problem, "df", [one for one in plan.conditions if one.column not in told] if own else [])
        codes = " & ".join(one.code.replace(FRAME, base) for one in conditions)
        return plan.show(f"({codes}).mean(){scale}", part)
    if made:
        name = " ".join(slot.words)
        how = next((one for one in ("max", "min", "median") if re.search(rf"\b{one}", name)), "mean")
        lines = " ".join(line for line in problem.script.lines if f"[{made[-1].name!r}] =" in line)
        percent = " * 100" if problem.says(r"\bin percent\b") and "100" not in lines else ""
        return plan.show(f"{plan.frame(slot)}[{made[-1].name!r}].{how}(){percent}", part)
    extreme = choices.change_at_extreme(plan, slot, part)
    if extreme:
        return extreme
    two = plan.mentioned()
    if len(two) >= 2 and problem.says(r"divided by|ratio of|나눈"):
        return plan.show(f"df[{two[0]!r}].sum() / df[{two[1]!r}].sum(){scale}", part)
    column = plan.column(slot, part)
    of_flag = scale if is_flag(problem, column) else ""
    shares = {"rate", "percent", "percentage", "pct", "per", "share", "proportion", "ratio", "prop", "perc"}
    if not of_flag and not shares & set(tokens(column)) and column.isascii():
        raise NotUnderstood(slot.name)  # a mean is no share
    return plan.show(f"{plan.series(plan.frame(slot), column)}.mean(){of_flag}", part)


def _amount_of_share(plan: Plan) -> str | None:
    """The column whose sum a share is of: `what percentage of the total revenue`, `sum enrltot for …`."""
    problem = plan.problem
    for sentence in problem.sentences:
        found = re.search(
            r"\b(?:sum(?:s|med|ming)?(?: up)?(?: of)?|total)\s+(?:of\s+)?(?:the\s+|all\s+)?([^.,;\n]{2,60})",
            sentence,
            re.I,
        )
        named = problem.mentions_in(found[1])[:1] if found else []
        if named and named[0].score >= 55 and named[0].start < 12 and problem.is_numeric(named[0].column):
            return named[0].column
    return None


def _whole_of(plan: Plan) -> list[Condition]:
    """The conditions of the rows that a share is of: `the percentage of corporate orders that were paid by card`."""
    found = re.search(
        r"(?:percentage|share|proportion) of (?:the )?(.*?)\b"
        r"(?:were|was|are|is|have|has|had|did|used|use|that|who|which)\b",
        plan.problem.low,
    )
    conditions = [
        one
        for one in plan.conditions
        if found
        and (
            (one.is_equality and str(one.value).casefold() in found[1])
            or one.column in plan.problem.columns_in(found[1], at_least=75)
            or (".dt.month" in one.code and any(name in found[1] for name in MONTHS))
        )
    ]
    return conditions if 0 < len(conditions) < len(plan.conditions) else []


def _flag_of_rate(plan: Plan, slot: Slot) -> str | None:
    """The column of 0 and 1 whose share within a group a place asks for: `defect_rate_M01`."""
    own = plan.slot_conditions(slot)
    flags = [c for c in plan.problem.columns_in(" ".join(slot.words), at_least=70) if is_flag(plan.problem, c)]
    return flags[0] if flags and own and all(one.column not in flags for one in own) else None


def _count(plan: Plan, slot: Slot, part: Part) -> str:
    problem = plan.problem
    name = " ".join([*slot.words, *tokens(part.placeholder)])
    if re.search(r"\b(?:removed|dropped|deleted)\b|제거된|삭제된", name):
        lines = problem.script.lines
        if not any("drop_duplicates()" in line or "dropna(" in line for line in lines):
            raise NotUnderstood(slot.name)
        if "rows_at_first = len(df)" not in lines:
            lines.insert(0, "rows_at_first = len(df)")
        return plan.show("rows_at_first - len(df)", part, whole=True)
    if re.search(r"\bleft\b|remaining|removal|after", name) and plan.removes_outliers:
        return plan.show(
            f"len({kept_rows(plan, plan.frame(slot), outlier_column(plan, slot, part))})", part, whole=True
        )
    digit = (
        re.search(r"\b(?:label|value|class|code)?\s*(\d+)\b", " ".join(tokens(part.placeholder)))
        if len(slot.parts) > 1
        else None
    )
    named = plan.named(slot, part, numeric=False)
    if digit and named:
        return plan.show(f"(df[{named[0]!r}] == {int(digit[1])}).sum()", part, whole=True)
    compared = choices.groups_compared(plan, slot, part)
    if compared:
        return compared
    if problem.says(r"\bunique\b|distinct|different|고유|종류") and not plan.slot_conditions(slot):
        columns = plan.mentioned(numeric=False)
        if columns:
            return _unique(plan, plan.frame(slot), columns[0], part)
    along = [one.name for one in problem.features if one.name in SERIES]
    if along:
        return plan.show(f"df[{along[0]!r}].count()", part, whole=True)
    conditions = [*plan.conditions, *plan.slot_conditions(slot)]
    of_rows = re.search(r"\brows?\b|entries|records|observations|행", name)
    if not conditions and not of_rows and problem.says(r"sum\(\)|\bsum\b|total number of|합계"):
        numeric = [c for c in (named or plan.mentioned()) if problem.is_numeric(c)]
        if numeric:
            return plan.show(f"{plan.series(plan.frame(slot), numeric[0])}.sum()", part, whole=True)
    if (
        not conditions
        and not problem.says(r"\bhow many\b|number of|\bcount\b|rows|entries|records|몇|개수|건수|행")
        and part.kind != "integer"
    ):
        raise NotUnderstood(slot.name)
    return plan.show(f"len({plan.frame(slot)})", part, whole=True)


__all__ = ["Condition", "equal", "letters", "statistic", "value_of"]
