"""A small pandas script that looks up the same as an answer did, runnable as it stands beside the file."""

from __future__ import annotations

import inspect

from chat.analyst.lookups import cells
from chat.analyst.lookups.codes import countries
from chat.analyst.lookups.forms import Condition, Conditions, Form, Pick
from chat.analyst.lookups.grid import Grid
from chat.analyst.tables import Table

_HELPERS = ("year_span", "tidy", "fold", "words", "stem", "parts", "says", "number", "moment")
_YEAR_AND_MONTH = """
def year(text):
    day = moment(text)
    return day[0] if day and day[0] else float("nan")


def month(text):
    day = moment(text)
    return day[1] if day and day[1] else float("nan")


def day(text):
    day = moment(text)
    return (day[0] * 100 + day[1]) * 100 + day[2] if day and day[1] else float("nan")


def amount(text):
    value = number(text)
    return float("nan") if value is None else value


def told(value):
    return " ".join(value.split()) if isinstance(value, str) else round(value, 6)
"""
_NAMES = f"""

{inspect.getsource(cells.name_of)}

def told(value):
    return " ".join(name_of(value).split()) if isinstance(value, str) else round(value, 6)
"""
_COUNTRY = """

COUNTRIES = {codes!r}


def country(text):
    code = re.search(r"\\(([A-Z]{{3}})\\)\\s*$", text)
    return COUNTRIES.get(code[1], "") if code else ""
"""
_SIGNS = {"eq": "==", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def script(form: Form, grid: Grid, table: Table) -> str:
    """The script; "" for a file of a format that pandas alone doesn't read."""
    reading = _reading(grid, table)
    if not reading:
        return ""
    helpers = "\n\n".join(inspect.getsource(getattr(cells, name)) for name in _HELPERS)
    head = "import re\nimport unicodedata\nfrom collections import Counter\n\nimport pandas as pd\n\n"
    months = f"MONTHS = {cells.MONTHS!r}\nMoment = tuple\n\n\n"
    sides = f"\n\n{inspect.getsource(cells.side)}" if grid.sides else ""
    countries = _COUNTRY.format(codes=_codes(form, grid)) if form.part == "country" else ""
    names = _NAMES if grid.begins_with_names(form.told) else ""
    return f"{head}{months}{helpers}{_YEAR_AND_MONTH}{names}{countries}{sides}\n\n{reading}\n{_body(form, grid)}\n"


def _codes(form: Form, grid: Grid) -> dict[str, str]:
    """The codes in the column that is told, with their countries."""
    texts = () if form.target is None else grid.columns[form.target]
    return {code: name for code, name in countries().items() if any(f"({code})" in text for text in texts)}


def _cell(form: Form) -> str:
    """The cell of a row that is told, or the country that it names."""
    cell = f"cells[row][{form.target}]"
    return f"country({cell})" if form.part == "country" else cell


def _reading(grid: Grid, table: Table) -> str:
    height, width = len(grid.columns[0]), len(grid.names)
    if table.sheet is not None:
        read = f"pd.read_excel({table.name!r}, sheet_name={table.sheet!r}, header=None, dtype=str).fillna('')"
    elif table.separator:
        escape = f", escapechar={table.escape!r}" if table.escape else ""
        read = (
            f"pd.read_csv({table.name!r}, sep={table.separator!r}, encoding={table.encoding or 'utf-8'!r}, "
            f"header=None, names=range({width}), dtype=str, keep_default_na=False, skip_blank_lines=True{escape})"
        )
    else:
        return ""
    sides = "".join(f"    row[{column}] = side(row[{column}], {which})\n" for column, which in grid.sides)
    return (
        f"data = {read}\n"
        f"cells = [[tidy(cell) for cell in row] for row in data.tail({height}).to_numpy().tolist()]\n"
        + (f"for row in cells:\n{sides}" if sides else "")
        + f"every = {_every(grid, height)}"
    )


def _every(grid: Grid, height: int) -> str:
    left_out = sorted(set(range(height)) - set(grid.rows))
    if not left_out:
        return f"list(range({height}))"
    return f"[row for row in range({height}) if row not in {tuple(left_out)!r}]  # without totals and empty rows"


def _body(form: Form, grid: Grid) -> str:
    lines = [f"rows = {_rows(form.conditions)}"]
    lines += [line for pick in form.picks for line in _pick(pick, grid)]
    if form.others:
        lines.append(f"others = {_rows(form.others)}")
    return "\n".join([*lines, *_ENDS[form.kind](form, grid)])


def _rows(conditions: Conditions) -> str:
    tests = " and ".join(_test(condition) for condition in conditions)
    return f"[row for row in every if {tests}]" if tests else "every"


def _test(condition: Condition) -> str:
    cell = f"cells[row][{condition.column}]"
    if condition.test == "none":
        found = f"not {cell}.strip(' -–—') or {cell}.casefold() in ('n/a', 'na', 'none') or number({cell}) == 0"
    elif condition.test == "starts":
        found = rf"re.sub(r'^\W+', '', fold({cell})).startswith({condition.operands!r})"
    elif condition.test in ("is", "has"):
        found = f"any(says({cell}, value, {condition.test == 'is'}) for value in {condition.operands!r})"
    else:
        parts = {"day": condition.day, "year": condition.year, "month": condition.month, "amount": True}
        value = f"{next(name for name, meant in parts.items() if meant)}({cell})"
        if condition.test == "between":
            found = f"{condition.operands[0]!r} <= {value} <= {condition.operands[1]!r}"
        else:
            found = f"{value} {_SIGNS[condition.test]} {condition.operands[0]!r}"
    return f"not ({found})" if condition.negated else found


def _pick(pick: Pick, grid: Grid) -> list[str]:
    if pick.column is None:
        order = "rows[::-1]" if pick.largest else "rows"
        return [f"rows = {order}[{pick.nth - 1}:{pick.nth}]"]
    key = f"{'moment' if grid.kinds[pick.column] == 'date' else 'number'}(cells[row][{pick.column}])"
    return [
        f"keys = sorted({{{key} for row in rows}} - {{None}}, reverse={pick.largest})",
        f"rows = [row for row in rows if keys[{pick.nth - 1}:] and {key} == keys[{pick.nth - 1}]]",
    ]


def _values(form: Form, grid: Grid) -> list[str]:
    limit = f"[:{form.limit}]" if form.limit else ""
    return [
        f"found = dict.fromkeys({_cell(form)} for row in rows if {_cell(form)}.strip(' -–—'))",
        f"for value in list(found){limit}:",
        "    print(told(value))",
    ]


def _count(form: Form, grid: Grid) -> list[str]:
    return ["print(len(rows))"]


def _distinct(form: Form, grid: Grid) -> list[str]:
    return [f"print(len({{{_cell(form)} for row in rows if {_cell(form)}.strip(' -–—')}}))"]


def _statistic(form: Form, grid: Grid) -> list[str]:
    ends = {
        "sum": "print(told(sum(values)))",
        "mean": "print(told(sum(values) / len(values)))",
    }
    numbers = f"values = [value for row in rows if (value := number(cells[row][{form.target}])) is not None]"
    if form.kind == "extreme":
        best = f"best = {'max' if form.largest else 'min'}(values)"
        cell = f"cells[row][{form.target}]"
        return [numbers, best, f"print(told(min(({cell} for row in rows if number({cell}) == best), key=len)))"]
    return [numbers, ends[form.kind]]


def _group(form: Form, grid: Grid) -> list[str]:
    weight = "1" if form.measure is None else f"number(cells[row][{form.measure}]) or 0"
    cell = _cell(form)
    if form.part == "year":
        cell = f"str((moment({cell}) or [''])[0] or '')"
    elif form.part and form.part != "country":
        names = (
            repr(["", *cells.MONTH_NAMES])
            if form.part == "month"
            else "['', *(f'{month}월' for month in range(1, 13))]"
        )
        cell = f"{names}[(moment({cell}) or (0, 0))[1]]"
    return [
        "weights = Counter()",
        "for row in rows:",
        f"    if {cell}.strip(' -–—'):",
        f"        weights[{cell}] += {weight}",
        f"best = {'max' if form.largest else 'min'}(weights.values())",
        "for value in weights:",
        "    if weights[value] == best:",
        "        print(told(value))",
    ]


def _span(form: Form, grid: Grid) -> list[str]:
    unit = {"년": "{years}년", "years": "{years} year{'s' * (years != 1)}"}.get(form.part, "{years}")
    return [f"years = year_span(cells[rows[0]][{form.target}])", f'print(f"{unit}")']


def _having(form: Form, grid: Grid) -> list[str]:
    limit = f"[:{form.limit}]" if form.limit else ""
    cell = f"cells[row][{form.target}]"
    lines = [
        f"counts = Counter({cell} for row in rows if {cell}.strip(' -–—'))",
        f"found = [value for value in counts if counts[value] {_SIGNS[form.test]} {form.threshold!r}]",
    ]
    if form.kind == "count_having":
        return [*lines, "print(len(found))"]
    return [*lines, f"for value in found{limit}:", "    print(told(value))"]


def _neighbour(form: Form, grid: Grid) -> list[str]:
    if form.measure is not None:
        key = f"{'moment' if grid.kinds[form.measure] == 'date' else 'number'}(cells[row][{form.measure}])"
        return [
            f"keys = {{row: {key} for row in every if {key} is not None}}",
            f"order = sorted(set(keys.values()), reverse={form.largest})",
            "wanted = order[order.index(keys[rows[0]]) + 1]",
            f"for value in dict.fromkeys(cells[row][{form.target}] for row in keys if keys[row] == wanted):",
            "    print(told(value))",
        ]
    anchor = "rows[-1]" if form.offset > 0 else "rows[0]"
    return [f"print(told(cells[every[every.index({anchor}) + {form.offset}]][{form.target}]))"]


def _beyond(form: Form, grid: Grid) -> list[str]:
    test = "row > rows[-1]" if form.offset > 0 else "row < rows[0]"
    if form.others:
        test = "min(rows + others) < row < max(rows + others)"
    return [f"print(len([row for row in every if {test}]))"]


def _amount(form: Form, grid: Grid, rows: str, column: int | None) -> str:
    if column is None:
        return f"len({rows})"
    if grid.kinds[column] == "date":
        return f"year(cells[{rows}[0]][{column}])"
    return f"sum(number(cells[row][{column}]) or 0 for row in {rows})"


def _days_apart(form: Form) -> list[str]:
    one, other = (f"date(*moment(cells[{rows}[0]][{form.target}]))" for rows in ("rows", "others"))
    unit = "{days}일" if form.part == "일" else "{days} day{'s' * (days != 1)}"
    return ["from datetime import date", "", f"days = abs(({one} - {other}).days)", f'print(f"{unit}")']


def _difference(form: Form, grid: Grid) -> list[str]:
    if form.part:
        return _days_apart(form)
    if form.measure is not None:
        one, other = (_amount(form, grid, "rows", column) for column in (form.target, form.measure))
    else:
        one, other = (_amount(form, grid, rows, form.target) for rows in ("rows", "others"))
    return [f"print(told(abs({one} - {other})))"]


def _of_two(form: Form, grid: Grid) -> list[str]:
    lines = []
    for name, rows in (("one", "rows"), ("other", "others")):
        if form.offset:
            value = f"{rows}[0]"
        elif form.measure is not None and grid.kinds[form.measure] == "date":
            value = f"min(moment(cells[row][{form.measure}]) for row in {rows} if moment(cells[row][{form.measure}]))"
        else:
            value = _amount(form, grid, rows, form.measure)
        lines.append(f"{name} = {value}")
    column = form.conditions[-1].column
    sign = ">" if form.largest else "<"
    return [*lines, f"print(told(cells[(rows if one {sign} other else others)[0]][{column}]))"]


def _run(form: Form, grid: Grid) -> list[str]:
    return [
        "longest = length = 0",
        "for row in every:",
        "    length = length + 1 if row in rows else 0",
        "    longest = max(longest, length)",
        "print(longest)",
    ]


def _yes_no(form: Form, grid: Grid) -> list[str]:
    if form.offset:
        one, other = "others[0]", "rows[-1]"  # what stands above has the smaller number
    else:
        one = _amount(form, grid, "rows", form.measure)
        other = _amount(form, grid, "others", form.measure) if form.threshold is None else repr(form.threshold)
    if form.either is not None:
        return [f"print({form.either[0]!r} if {one} > {other} else {form.either[1]!r})"]
    return [f"print({one} {'>' if form.largest else '<'}{'=' * form.inclusive} {other})"]


def _same(form: Form, grid: Grid) -> list[str]:
    one, other = (f"words(cells[{rows}[0]][{form.target}])" for rows in ("rows", "others"))
    return [f"print({one} == {other})"]


_ENDS = {
    "values": _values,
    "count": _count,
    "distinct": _distinct,
    "sum": _statistic,
    "mean": _statistic,
    "extreme": _statistic,
    "group": _group,
    "neighbour": _neighbour,
    "beyond": _beyond,
    "difference": _difference,
    "of_two": _of_two,
    "run": _run,
    "yes_no": _yes_no,
    "same": _same,
    "span": _span,
    "having": _having,
    "count_having": _having,
}
