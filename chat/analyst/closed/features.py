"""New columns that a question asks for first: sums, differences, ratios, products, bins, parts of dates and texts."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from chat.analyst.closed.bins import add_bins
from chat.analyst.closed.mentions import find_mentions
from chat.analyst.closed.problems import Feature, NotUnderstood, Problem
from chat.analyst.closed.wording import letters, tokens

_Q = "\"'“”‘`"
_NAMED = re.compile(
    rf"(?:features?|columns?|variables?|attribute|열|컬럼|변수|특성)\s*,?\s*(?:called|"
    rf"named)?\s*[{_Q}]([^{_Q}\n]{{1,60}})[{_Q}]"
    rf"|(?:called|named)\s+[{_Q}]([^{_Q}\n]{{1,60}})[{_Q}]|[{_Q}]([^{_Q}\n]{{1,"
    rf"60}})[{_Q}]\s*(?:\(?[^.\n]{{0,40}}\)?\s*)?(?:feature|(?:이?라는|란)\s)"
    rf"|(?:called|named)\s+([A-Za-z]\w+)|(?:new\s+)?(?:feature|column|variable)\s+([A-Za-z]\w*_\w+)(?=\s+(?:as|by|=|that|which|for|equal)\b|\s*=)|[{_Q}]([^{_Q}\n]{{1,60}})[{_Q}]\s+by\b"
    rf"|[{_Q}]([^{_Q}\n]{{1,60}})[{_Q}]\s*(?:라는\s*)?(?:열|컬럼|칼럼|변수)[을를]?\s*(?:새로\s*)?(?:만들|생성|추가)",
    re.I,
)
_MAKES = re.compile(
    r"\bnew\s+(?:\w+\s+)?(?:feature|column|variable|attribute)|\bcreat|\bgenerat(?:e|es|ed|ing)\b|feature "
    r"engineering|\bderiv|(?<![\w.])[a-z]+_[a-z_]+ = |\blet\b[^.\n]*\bbe\b|\bdefin\w+[^.\n]{0,90}(?:divided by|"
    r"minus|plus|times|ratio|product|multiplied)|\bcompute (?:a|the) new|새로운|새\s|파생|만들|생성",
    re.I,
)
# A quantity of each row that gets no name.
_COMPUTES = re.compile(
    r"\b(?:duration|age|difference|time)s? of each\b[^.\n]*\bby subtracting|\bduration[^.\n]{0,80}\bsubtract", re.I
)
_FILL = r"(?:[\w'’%.]+[\s-]+){0,4}?"
_C = r"⟦(\d+)⟧"
_TAIL = r"(?:\s*(?:columns?|values?|prices?|features?|variables?|scores?|times?|열|컬럼|값))?"
_LISTED = rf"⟦\d+⟧{_TAIL}(?:\s*(?:,|and|&|\+|with|by|to|와|과|및|하고|together|plus|,\s*and)+\s*{_FILL}⟦\d+⟧{_TAIL})+"
_OP = {"+": "+", "-": "-", "−": "-", "–": "-", "*": "*", "×": "*", "x": "*", "/": "/", "÷": "/"}


@dataclass(frozen=True, slots=True)
class _Masked:
    """A text with the columns in it replaced by numbered marks."""

    text: str
    columns: tuple[str, ...]

    def at(self, mark: str) -> str:
        return self.columns[int(mark)]

    def all(self, text: str) -> list[str]:
        return list(dict.fromkeys(self.at(mark) for mark in re.findall(_C, text)))


def masked(problem: Problem, text: str) -> _Masked:
    """A text with the columns in it replaced by numbered marks."""
    names: list[str] = []
    pieces, at = [], 0
    for one in find_mentions(text, problem.columns):
        if one.score < 40 and not problem.is_numeric(one.column):
            continue
        pieces += [text[at : one.start], f"⟦{len(names)}⟧"]
        names.append(one.column)
        at = one.end
    return _Masked("".join([*pieces, text[at:]]), tuple(names))


def add_features(problem: Problem) -> None:
    """Write the lines that make the question's new columns."""
    named = _new_names(problem)
    for name in named:
        _add_named(problem, name)
    if not named and _add_spoken(problem):
        return
    if not named and (_MAKES.search(problem.body) or _COMPUTES.search(problem.body)):
        _add_unnamed(problem)
    _add_lengths(problem)


def _new_names(problem: Problem) -> list[str]:
    """The names of new columns; those that the table has are none."""
    if not _MAKES.search(problem.body):
        return []
    known = {letters(column) for column in map(str, problem.frame.columns)}
    texts = {str(value) for column in problem.groups() for value in problem.distinct(column)}
    asked = {part.placeholder for slot in problem.format.slots for part in slot.parts}
    names: list[str] = []
    for found in _NAMED.finditer(problem.body):
        name = next((group for group in found.groups() if group), "").strip(" .,")
        before = problem.body[max(0, found.start() - 60) : found.end() + 40]
        if (
            name
            and len(name.split()) <= 6
            and "." not in name
            and letters(name)
            and letters(name) not in known
            and name not in texts
            and name not in asked
            and name not in names
        ):
            if found[6] and not _MAKES.search(before):
                continue
            names.append(name)
    return names[:3]


def _add_named(problem: Problem, name: str) -> None:
    around = [one for one in problem.sentences if name in one]
    others = [one for one in problem.sentences if one not in around]
    labels = add_bins(problem, name)
    if labels:
        return
    for sentence in [*around, *others]:
        if sentence in others and not (
            _MAKES.search(sentence)
            or re.search(r"=|subtract|divid|multipl|adding|sum\b|ratio|new feature|combin", sentence, re.I)
        ):
            continue
        expression = _expression(problem, sentence, name)
        if expression:
            problem.script.add(f"df[{name!r}] = {_guarded(problem, expression)}")
            problem.features.append(Feature(name))
            return
    whole = _binary(problem, name)
    if whole:
        return
    raise NotUnderstood(name)


def _add_unnamed(problem: Problem) -> None:
    if add_bins(problem, "group"):
        return
    defining = re.compile(r"\bdefin\w+|calculated as|formula|multiplied|divided|=", re.I)
    for sentence in sorted(problem.sentences, key=lambda one: not defining.search(one)):
        if not (
            _MAKES.search(sentence)
            or _COMPUTES.search(sentence)
            or re.search(r"new feature|=|as the (?:product|sum|ratio)|multiplied by", sentence, re.I)
        ):
            continue
        expression = _expression(problem, sentence, "new feature")
        if expression:
            name = _said_name(problem, sentence)
            problem.script.add(f"df[{name!r}] = {_guarded(problem, expression)}")
            problem.features.append(Feature(name, said=sentence))
            return
    if re.search(r"(?:creat|generat)\w* (?:a |the )?new (?:\w+ )?(?:feature|column|variable)", problem.body, re.I):
        raise NotUnderstood("new feature")


def _add_spoken(problem: Problem) -> bool:
    """A quantity whose computation stands in brackets, `the rate (unemployed divided by pop)`, or as a formula."""
    for sentence in problem.sentences:
        formula = re.search(r"(?<![\w.'\"])([A-Za-z]\w*_\w+)\s*=\s*(?!=)([^=\n]+)$", sentence)
        spoken = re.search(
            r"\b((?:[a-z]+ ){1,3}[a-z]+) \(([^()\n]*(?:divided by|times|plus|minus|[/*+])[^()\n]*)\)", sentence, re.I
        )
        found = formula or spoken
        if found is None or letters(found[1]) in {letters(c) for c in map(str, problem.frame.columns)}:
            continue
        expression = _expression(problem, f"= {found[2]}" if formula else found[2], " ")
        if expression is None or len(re.findall(r"df\[", expression)) < 2:
            continue
        name = (
            found[1]
            if formula
            else re.sub(r"^(?:\w+ )*?(?:the|was|derive|compute|calculate|an?) ", "", found[1], flags=re.I)
        )
        problem.script.add(f"df[{name!r}] = {_guarded(problem, expression)}")
        problem.features.append(Feature(name, said=sentence))
        return True
    return False


def _said_name(problem: Problem, sentence: str) -> str:
    """What a question calls a column that it makes without quotes: `let the diurnal range be …`."""
    found = re.search(
        r"\blet (?:the )?([a-z][a-z ]{2,30}?) be\b|\bdefine (?:the )?([a-z][a-z ]{2,30}?) as\b|"
        r"\bthe ([a-z][a-z ]{2,30}?) is (?:defined|calculated|computed) as\b",
        sentence,
        re.I,
    )
    name = next((one for one in found.groups() if one), "").strip() if found else ""
    known = {letters(column) for column in map(str, problem.frame.columns)}
    return name if name and letters(name) not in known else "new feature"


def _add_lengths(problem: Problem) -> None:
    """The length of texts that places ask for by that word: `pos_length_corr`."""
    if problem.features or not any("length" in slot.words for slot in problem.format.slots):
        return
    if any(word == "length" for column in map(str, problem.frame.columns) for word in tokens(column)):
        return
    for sentence in problem.sentences:
        mask = masked(problem, sentence)
        expression = _length(problem, mask, re.sub(rf"[{_Q}]", "", mask.text))
        if expression:
            problem.script.add(f"df['length'] = {expression}")
            problem.features.append(Feature("length"))
            return


def _guarded(problem: Problem, expression: str) -> str:
    """An expression with what the question says about division by zero and percentages."""
    if " / " in expression:
        small = re.search(r"(1e-?\d+|0\.0{3,}1)[^.\n]{0,80}denominator|denominator[^.\n]{0,60}(1e-?\d+)", problem.low)
        if small:
            top, _, bottom = expression.rpartition(" / ")
            expression = f"{top} / ({bottom} + {float(small[1] or small[2])!r})"
        if re.search(
            r"infinity[^.\n]{0,30}(?:zero|\b0\b)|(?:zero|\b0\b)[^.\n]{0,50}(?:avoid|division by zero)", problem.low
        ):
            expression = f"({expression}).replace([np.inf, -np.inf], 0).fillna(0)"
        if re.search(
            r"represented as a percentage|as a percentage of|express\w* (?:the result )?as a percentage|백분율로",
            problem.low,
        ):
            expression = f"({expression}) * 100"
    return expression


def _col(problem: Problem, name: str) -> str:
    return f"df[{problem.number(name)}]"


def _expression(problem: Problem, sentence: str, name: str) -> str | None:
    """What a sentence computes from the columns, as an expression; None when it computes nothing."""
    mask = masked(problem, sentence.replace(name, " "))
    text = re.sub(rf"[{_Q}]", "", mask.text)
    for maker in (
        _formula,
        _change,
        _centred,
        _length,
        _log_of,
        _difference,
        _ratio,
        _product,
        _mean_of,
        _sum_of,
        _clock_part,
        _title,
    ):
        made = maker(problem, mask, text)
        if made:
            return made
    return None


def _formula(problem: Problem, mask: _Masked, text: str) -> str | None:
    for found in re.finditer(r"(?:=|:| as | is )\s*([^=\n]*⟦\d+⟧[^=\n]*[-+*/×÷−–][^=\n]*)", text):
        raw = re.sub(r"\b[A-Za-z가-힣]+\b\.?", " ", re.sub(r"\bx\b", "*", found[1])).strip(" .,;")
        raw = re.sub(r"\([\s,/]*\)", " ", raw)  # what stood there said what a number is for
        signs = re.findall(r"⟦\d+⟧|\d+\.?\d*(?:e-?\d+)?|[()+\-−–*×/÷]", raw)
        marks = [sign for sign in signs if sign.startswith("⟦")]
        if "".join(signs) != re.sub(r"\s", "", raw) or len(marks) < 1 or not any(sign in _OP for sign in signs):
            continue
        if len(set(marks)) != len({mask.at(mark[1:-1]) for mark in marks}) and re.search("previous|전일|이전", text):
            continue
        expression = " ".join(
            _col(problem, mask.at(sign[1:-1])) if sign.startswith("⟦") else _OP.get(sign, sign) for sign in signs
        )
        try:
            ast.parse(expression, mode="eval")
        except SyntaxError:
            continue
        return expression
    return None


def _change(problem: Problem, mask: _Masked, text: str) -> str | None:
    if not re.search(
        r"percent\w* change|daily return|previous (?:day|row|period)|변화율|수익률|전일\s*대비", text, re.I
    ):
        return None
    columns = mask.all(text)
    if not columns:
        return None
    factor = " * 100" if re.search(r"percent|\* ?100|%|백분율", problem.low) else ""
    if re.search(r"\bdifference\b(?![^.]*percent)", text, re.I) and not re.search(r"percent|return|율", text, re.I):
        return f"{_col(problem, columns[-1])}.diff()"
    return f"{_col(problem, columns[-1])}.pct_change(){factor}"


def _centred(problem: Problem, mask: _Masked, text: str) -> str | None:
    found = re.search(rf"subtract\w* the (mean|median|minimum)\s+(?:values?\s+)?(?:of\s+)?{_FILL}{_C}", text, re.I)
    if not found:
        return None
    column, short = _col(problem, mask.at(found[2])), {"minimum": "min"}.get(found[1].lower(), found[1].lower())
    return f"{column} - {column}.{short}()"


def _length(problem: Problem, mask: _Masked, text: str) -> str | None:
    found = re.search(
        rf"{_C}{_TAIL}\s*(non-space )?(?:character|word)s?\s*(?:count|length)|length of (?:the )?{_FILL}{_C}",
        text,
        re.I,
    )
    if not found:
        return None
    column = mask.at(found[1] or found[3])
    if problem.kind(column) != "text":
        return None
    if re.search(r"word count|number of words", text, re.I):
        return f"df[{column!r}].str.split().str.len()"
    if found[2] or "non-space" in text:
        return f"df[{column!r}].str.replace(r'\\s', '', regex=True).str.len()"
    return f"df[{column!r}].str.len()"


def _log_of(problem: Problem, mask: _Masked, text: str) -> str | None:
    if not re.search(r"\blog(?:arithm\w*)?\b|로그", text, re.I) or not mask.columns:
        return None
    return log_expression(problem, _col(problem, mask.columns[0]))


def log_expression(problem: Problem, column: str) -> str:
    """The logarithm of a column as the question wants it: its base, and what is added first."""
    small = re.search(r"(?:add|plus|더하)[^.\n]{0,40}?(1e-?\d+|0\.0{3,}\d+|\b1\b)", problem.low)
    if re.search(r"log1p|log\(1 ?\+|log\(x ?\+ ?1\)", problem.low):
        return f"np.log1p({column})"
    inner = f"{column} + {float(small[1])!r}" if small and "e-" in small[1] else column
    if re.search(r"base[- ]?10|log10|상용로그|밑이 10", problem.low):
        return f"np.log10({inner})"
    return f"np.log2({inner})" if re.search(r"base[- ]?2\b|log2", problem.low) else f"np.log({inner})"


def _difference(problem: Problem, mask: _Masked, text: str) -> str | None:
    patterns = (
        (rf"difference (?:between|of|in|as)\s+{_FILL}{_C}{_TAIL}\s+(?:and|from|minus)\s+{_FILL}{_C}", False),
        (rf"subtract\w*\s+{_FILL}{_C}{_TAIL}\s+from\s+{_FILL}{_C}", True),
        (rf"{_C}{_TAIL}\s*(?:minus|-|−|–)\s*{_C}", False),
        (rf"{_C}{_TAIL}\s*(?:에서|과|와)\s*{_C}{_TAIL}[을를의]?\s*(?:뺀|빼|차이|차)", False),
        (
            rf"(?:days|duration|time|nights)\s+(?:passed\s+|"
            rf"elapsed\s+)?between\s+{_FILL}{_C}{_TAIL}\s+and\s+{_FILL}{_C}",
            True,
        ),
        (rf"duration[^⟦\n]*from\s+{_FILL}{_C}[^⟦\n]*to\s+{_FILL}{_C}", True),
    )
    for pattern, is_swapped in patterns:
        found = re.search(pattern, text, re.I)
        if found:
            first, second = mask.at(found[1]), mask.at(found[2])
            first, second = (second, first) if is_swapped else (first, second)
            if problem.kind(first) == problem.kind(second) == "date":
                return f"(df[{problem.date(first)}] - df[{problem.date(second)}]).dt.days"
            return f"{_col(problem, first)} - {_col(problem, second)}"
    return None


def _ratio(problem: Problem, mask: _Masked, text: str) -> str | None:
    for pattern in (
        rf"ratio (?:of|between)\s+{_FILL}{_C}{_TAIL}\s+(?:to|and|by|over)\s+{_FILL}{_C}",
        rf"divid\w*\s+{_FILL}{_C}{_TAIL}\s+by\s+{_FILL}{_C}",
        rf"{_C}{_TAIL}\s*(?:divided by|/|÷)\s*{_FILL}{_C}",
        rf"{_C}{_TAIL}\s+per\s+{_C}",
        rf"{_C}{_TAIL}\s+as a percentage of\s+{_FILL}{_C}",
        rf"{_C}{_TAIL}[을를]?\s*{_C}{_TAIL}(?:으로|로)\s*나[누눈]",
    ):
        found = re.search(pattern, text, re.I)
        if found:
            return f"{_col(problem, mask.at(found[1]))} / {_col(problem, mask.at(found[2]))}"
    return None


def _listed(mask: _Masked, pattern: str, text: str) -> list[str]:
    found = re.search(pattern, text, re.I)
    return mask.all(found.group()) if found else []


def _product(problem: Problem, mask: _Masked, text: str) -> str | None:
    columns = _listed(mask, rf"(?:multipl\w*|product of|곱)[^⟦\n.]*{_LISTED}", text) or _listed(
        mask, rf"{_C}{_TAIL}\s*(?:multiplied by|times|\*|×)\s*{_FILL}{_C}", text
    )
    if not columns and re.search("곱", text):
        columns = mask.all(text)
    return " * ".join(_col(problem, column) for column in columns) if len(columns) > 1 else None


def _mean_of(problem: Problem, mask: _Masked, text: str) -> str | None:
    columns = _listed(mask, rf"(?:average|mean)\s[^⟦\n]*{_listed_loosely(mask)}", text)
    if len(columns) < 2 or not re.search("feature|column|변수|열", text, re.I):
        return None
    names = ", ".join(problem.number(column) for column in columns)
    return f"df[[{names}]].mean(axis=1)"


def _listed_loosely(mask: _Masked) -> str:
    return r"⟦\d+⟧(?:[^⟦\n]{0,40}⟦\d+⟧)+" if len(mask.columns) > 1 else r"⟦\d+⟧"


def _sum_of(problem: Problem, mask: _Masked, text: str) -> str | None:
    columns = _listed(mask, rf"(?:\bsum\w*|\badd\w*|combin\w*|total|together)\s[^⟦\n]*{_listed_loosely(mask)}", text)
    if len(columns) < 2:
        columns = _listed(mask, rf"{_C}{_TAIL}\s*(?:\+|plus)\s*{_FILL}{_C}", text)
    if len(columns) < 2 and re.search(r"더하|더한|합(?:을|한|산|계)|합친", text):
        columns = mask.all(text)
    return " + ".join(_col(problem, column) for column in columns) if len(columns) > 1 else None


_PARTS = {
    "hour": "hour", "month": "month", "year": "year", "day of the week": "day_of_week", "weekday": "day_of_week",
    "day": "day",
    "시간": "hour", "월": "month", "연도": "year", "요일": "day_of_week",
}  # fmt: skip


def _clock_part(problem: Problem, mask: _Masked, text: str) -> str | None:
    for word, part in _PARTS.items():
        if not re.search(rf"\b{word}\b", problem.low if word.isascii() else text):
            continue
        for column in [*mask.all(text), *[one.column for one in problem.mentions]]:
            if problem.is_feature(column) or problem.kind(column) not in ("date", "text"):
                continue
            if problem.kind(column) == "text" and part == "hour":
                sample = problem.frame[column].dropna().astype(str).head(200)
                if not sample.str.match(r"\s*\d{1,2}:\d{2}").mean() > 0.8:
                    continue
                clock = f"pd.to_datetime(df[{column!r}].astype(str).str.strip(), format='mixed', errors='coerce')"
                return f"{clock}.dt.hour"
            if problem.kind(column) == "date":
                sample = problem.frame[column].dropna().astype(str).head(200)
                if part == "hour" and sample.str.match(r"\s*\d{1,2}:\d{2}").mean() > 0.8:
                    texts = f"df[{column!r}].astype(str).str.strip()"
                    return f"pd.to_datetime({texts}, format='mixed', errors='coerce').dt.hour"
                return f"df[{problem.date(column)}].dt.{part}"
    return None


def _title(problem: Problem, mask: _Masked, text: str) -> str | None:
    if not re.search(r"\btitles?\b|호칭", text, re.I):
        return None
    columns = [c for c in mask.all(text) if problem.kind(c) == "text"]
    if not columns:
        return None
    extracted = f"df[{columns[0]!r}].str.extract(r'([^\\s]+\\.)', expand=False)"
    kept = re.findall(rf"[{_Q}]([A-Z]\w*\.)[{_Q}]", problem.body)
    if kept and re.search(r"replace|other", problem.low) and "Other" in problem.body:
        kept = list(dict.fromkeys(kept))
        return f"{extracted}.where(lambda title: title.isin({kept!r}), 'Other')"
    return extracted


def _binary(problem: Problem, name: str) -> bool:
    """A new column of 0 and 1: whether someone is alone, or a value lies above the mean."""
    text = " ".join(one for one in problem.sentences)
    mask = masked(problem, text)
    columns = [c for c in mask.columns if problem.is_numeric(c)]
    if re.search(r"\balone\b", name + " " + text, re.I):
        counted = [c for c in dict.fromkeys(columns) if re.search(rf"⟦{mask.columns.index(c)}⟧", mask.text)][:2]
        if len(counted) == 2:
            total = " + ".join(_col(problem, c) for c in counted)
            problem.script.add(f"df[{name!r}] = ({total} == 0).astype(int)")
            problem.features.append(Feature(name))
            return True
    found = re.search(
        r"(above|greater than|higher than|over|below|less than)\s+(?:or equal to\s+)?the\s+(mean|median|average)",
        text,
        re.I,
    )
    if found and columns:
        sign = "<" if found[1].lower() in ("below", "less than") else ">"
        sign += "=" if "or equal" in found.group() else ""
        column = _col(problem, columns[0])
        against = "median" if found[2].lower() == "median" else "mean"
        problem.script.add(f"df[{name!r}] = ({column} {sign} {column}.{against}()).astype(int)")
        problem.features.append(Feature(name))
        return True
    return False
