"""Which rows are meant: the question's conditions, and those that a place's name adds (`mean_fare_male_class1`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from chat.analyst.closed.calendars import month_conditions, year_conditions
from chat.analyst.closed.conditions import FRAME, Condition
from chat.analyst.closed.features import masked
from chat.analyst.closed.mentions import find_mentions, same
from chat.analyst.closed.problems import NotUnderstood, Problem
from chat.analyst.closed.wording import NUMBER_WORDS, letters, plain, tokens

_C = r"⟦(\d+)⟧"
_N = r"([-+]?\d[\d,]*(?:\.\d+)?)"
_SIGNS = (
    (r"(?:is |are |was |were )?(?:greater|higher|larger|bigger|more) than or equal to|at least|"
r">=|≥|no less than|not less than|이상", ">="),
    (r"(?:is |are |was |were )?(?:less|lower|smaller|fewer) than or equal to|at most|<=|≤|no "
r"more than|not more than|up to|이하", "<="),
    (r"(?:is |are |was |were )?(?:greater|higher|larger|bigger|more|older) than|above|over|exceeds?|>|초과", ">"),
    (r"(?:is |are |was |were )?(?:less|lower|smaller|fewer|younger) than|below|under|<|미만", "<"),
    (r"(?:exactly )?(?:is |are |was |were )?(?:exactly )?equal(?:s|ing)? to|==|=|values? of|"
r"rating of|\bof exactly\b|\bof|is|are|인", "=="),
)  # fmt: skip
_WORD_BETWEEN = r"(?:\b(?:is|are|was|of|=)\s+)?" + _N + r"\s*(?:(?!or\b|and\b)[a-z%]+\s+(?:old\s+)?)?(?:or|and)\s+"
_OR_MORE = re.compile(
    _WORD_BETWEEN + r"(?:later|more|above|higher|greater|over|older|newer|up|beyond|longer|onwards?)\b(?! than)", re.I
)
_OR_LESS = re.compile(
    _WORD_BETWEEN + r"(?:earlier|less|below|lower|fewer|under|younger|shorter|before)\b(?! than)", re.I
)
_IN_LETTERS = re.compile(
    r"((?:more|less|fewer|greater|higher|lower|older|younger) than|at least|at most|exactly)\s+"
    r"(one|two|three|four|five|six|seven|eight|nine|ten)\b",
    re.I,
)
_STRICT = re.compile(
    r"outlier|z[- ]?score|skewness|percentile|quartile|decimal|rounded|\|r\||absolute|null hypothesis|이상치", re.I
)
_METHOD = re.compile(
    r"p[- _]?value|outlier|z[- ]?score|skewness|alpha|significance|correlation|coefficient|"
    r"\|r\||r value|absolute|percentile|quartile|null hypothesis"
    r"|decimal|rounded|r-squared|이상치|유의",
    re.I,
)
_NOT_ROWS = re.compile(
    r"encod|coded as|imput|\bfill|replace|categor(?:y|ies|ize)|\bbin(?:s|ning)\b|new "
    r"(?:feature|column)|random|split|\btrain|인코딩|대체|채우",
    re.I,
)
# What may stand between a column and its value.
_OF_COLUMN = (
    r"[\"'”’`]?\s*(?:column\s+)?(?:(?:is|are|was|were|equals?|being|of)\s+)?(?:(?:equal\s+)?to\s+|"
    r"exactly\s+)?(?:==?|:)?\s*[\"'“‘`]?"
)
NEGATIONS = frozenset(re.findall(r"\w+", "not non didnt no without never"))


def subset(problem: Problem, frame: str, conditions: Sequence[Condition], hint: str = "part") -> str:
    """The variable that holds the rows of `frame` that meet all conditions."""
    codes = list(dict.fromkeys(one.code.replace(FRAME, frame) for one in conditions))
    if not codes:
        return frame
    return problem.script.let(hint, f"{frame}[{' & '.join(codes)}]")


def equal(problem: Problem, column: str, value: Any) -> Condition:
    """The rows in which a column has a value."""
    value = value.item() if hasattr(value, "item") else value
    if column in map(str, problem.frame.columns) and pd.api.types.is_numeric_dtype(problem.frame[column]):
        value = plain(float(value)) if not isinstance(value, bool) else value
    return Condition(column, f"({FRAME}[{column!r}] == {value!r})", True, value)


def body_conditions(problem: Problem) -> list[Condition]:
    """The conditions that the question states for everything."""
    found: list[Condition] = []
    for sentence in problem.sentences:
        if any(re.search(rf"{re.escape(one.name)}[\"'”’]?\s*=(?!=)", sentence) for one in problem.features):
            continue  # how a new column is computed: `Crew = seats + 1`
        if (
            sentence in problem.defining
            or _NOT_ROWS.search(sentence)
            or (problem.features and any(one.labels for one in problem.features) and "(" in sentence)
        ):
            continue
        method = bool(_METHOD.search(sentence))
        sentence, without = _parted(sentence)
        left_out = _stated(problem, without, method)
        if len({one.column for one in left_out}) > 1:
            raise NotUnderstood(without.strip())  # whether both have to hold isn't said
        found += [_negated(one) for one in left_out]
        found += _stated(problem, sentence, method)
        found += ordinals(problem, tokens(sentence))
        found += year_conditions(problem, sentence)
        found += month_conditions(problem, sentence)
    return _consistent(problem, found)


def _stated(problem: Problem, sentence: str, method: bool) -> list[Condition]:
    found = [*_comparisons(problem, sentence, method), *_values(problem, sentence)]
    _all_known(problem, sentence)
    return [*found, *_yes_no(problem, sentence)]


def _parted(sentence: str) -> tuple[str, str]:
    """A sentence without what it leaves out, and that: `Exclude cancelled flights (Cancelled = 1)`."""
    if re.search(r"missing|null|\bnan\b|outlier|duplicate|decimal|결측|이상[치값]|중복|do not|don't", sentence, re.I):
        return sentence, ""
    found = re.search(
        r"\b(?:exclud\w+|ignor\w+|omit\w*|leav\w+ out|except(?: for)?|other than)\b([^.;\n]*)", sentence, re.I
    )
    found = found or re.search(r"([^.;,\n]*?)(?:제외|빼고)", sentence)
    return (sentence[: found.start()], found[1]) if found else (sentence, "")


def _negated(one: Condition) -> Condition:
    return Condition(one.column, f"~{one.code}")


def _consistent(problem: Problem, found: Iterable[Condition]) -> list[Condition]:
    """Each condition once. Several values of one column are groups, unless only these count."""
    unique = list(dict.fromkeys(found))
    # `beyond 2000` in the question and `2000 and beyond` in its rules: what is said later is the more exact
    bounds = {re.sub(r"([<>])=?", r"\1", one.code): one for one in unique}
    unique = [one for one in unique if bounds[re.sub(r"([<>])=?", r"\1", one.code)] is one]
    kept = []
    for one in unique:
        values = [other.value for other in unique if other.is_equality and other.column == one.column]
        if one.is_equality and len(values) > 1:
            if (
                re.search(r"\bonly\b|만\b|\btogether\b|\bcombined\b|\beither\b|합쳐|통틀어", problem.low)
                and one.value == values[0]
            ):
                kept.append(Condition(one.column, f"{FRAME}[{one.column!r}].isin({values!r})"))
            continue
        kept.append(one)
    return kept


def comparisons(problem: Problem, text: str) -> list[Condition]:
    """The conditions on columns of numbers that a text states."""
    return _comparisons(problem, text, False)


def _comparisons(problem: Problem, sentence: str, method: bool) -> list[Condition]:
    mask = masked(problem, sentence)
    found = []
    text = re.sub(r"[\"'“”]", "", mask.text)
    loose = method and not _STRICT.search(sentence)  # a limit above 1 is none of a p value or a coefficient
    if loose:
        text = re.sub(r"(?<![\d.])[-+]?0?\.\d+|(?<![\d.])[-+]?1(?:\.0+)?(?![\d.])", "…", text)
    text = _IN_LETTERS.sub(lambda one: f"{one[1]} {NUMBER_WORDS[one[2].lower()]}", text)
    text = _OR_LESS.sub(r"<= \1 ", _OR_MORE.sub(r">= \1 ", text))
    text = re.sub(rf"{_N}\s*보다\s*(?:큰|크|많|높)\w?", r"\1 초과", text)
    text = re.sub(rf"{_N}\s*보다\s*(?:작|적|낮)\w?", r"\1 미만", text)
    for pattern, sign in _SIGNS:
        if method and sign != "==" and not loose:
            continue
        for one in re.finditer(
            rf"{_C}\)?(?:\s*(?:values?|columns?|rating|score|은|는|이|"
            rf"가))?\s*(?:{pattern})\s*{_N}(?![\d.]*\s*(?:decimal|%|x\b|\*|iqr))",
            text,
            re.I,
        ):
            column = mask.at(one[1])
            if problem.is_numeric(column):
                found.append(_compared(problem, column, sign, one[2]))
                text = text[: one.start(1)] + " " * (one.end() - one.start(1)) + text[one.end() :]
        if sign == "==":
            continue
        for one in re.finditer(
            rf"{_C}\)?\s*(?:값|점수|금액|수)?(?:은|는|이|가)?\s*{_N}\D{{0,3}}?\s*(?:{pattern})", text
        ):
            column = mask.at(one[1])
            if problem.is_numeric(column) and pattern[-2:] in ("이상", "이하", "초과", "미만"):
                found.append(_compared(problem, column, sign, one[2]))
                text = text[: one.start(1)] + " " * (one.end() - one.start(1)) + text[one.end() :]
        if pattern[-2:] in ("이상", "이하", "초과", "미만"):
            for one in re.finditer(rf"{_N}\s*{_C}\s*(?:{pattern})", text):
                column = mask.at(one[2])
                if problem.is_numeric(column):
                    found.append(_compared(problem, column, sign, one[1]))
                    text = text[: one.start()] + " " * (one.end() - one.start()) + text[one.end() :]
        for one in re.finditer(rf"(?:older|younger) than\s*{_N}", text if re.search("older|younger", pattern) else ""):
            aged = [c for c in problem.columns if re.fullmatch(r"ages?|나이|연령", c.strip(), re.I)]
            if aged and one.group().startswith("older" if sign == ">" else "younger"):
                found.append(_compared(problem, aged[0], sign, one[1]))
                text = text[: one.start()] + " " * (one.end() - one.start()) + text[one.end() :]
        for one in re.finditer(rf"(?:{pattern})\s*{_N}\s*{_C}", text, re.I):
            column = mask.at(one[2])
            if problem.is_numeric(column):
                found.append(_compared(problem, column, sign, one[1]))
                text = text[: one.start()] + " " * (one.end() - one.start()) + text[one.end() :]
        for one in re.finditer(rf"(?:{pattern})\s*{_N}\s*([a-z]{{4,}})", text, re.I):
            counted = _counted(problem, one[2])
            if counted:
                found.append(_compared(problem, counted, sign, one[1]))
                text = text[: one.start()] + " " * (one.end() - one.start()) + text[one.end() :]
        for one in re.finditer(rf"{_C}\s*(?:{pattern})\s*(?:the\s+|its\s+)?(average|mean|median)", text, re.I):
            column = mask.at(one[1])
            if problem.is_numeric(column):
                against = "median" if one[2].lower() == "median" else "mean"
                literal = problem.number(column)
                found.append(Condition(column, f"({FRAME}[{literal}] {sign} df[{literal}].{against}())"))
    for one in re.finditer(rf"\b(?:with|have|has|having|of|only)\s+(?:exactly\s+)?(\d+)\s+{_C}", text, re.I):
        column = mask.at(one[2])
        equals = [value for value in problem.distinct(column) if str(value).removesuffix(".0") == one[1]]
        if column in problem.groups() and len(equals) == 1:
            found.append(equal(problem, column, equals[0]))
    for one in re.finditer(
        rf"\bnon-?zero\s+{_C}|{_C}\s*(?:is |are |values? )?(?:not (?:equal to )?(?:zero|0)\b|!=\s*0\b)", text, re.I
    ):
        column = mask.at(one[1] or one[2])
        if problem.is_numeric(column):
            found.append(Condition(column, f"({FRAME}[{problem.number(column)}] != 0)"))
    if not method:
        aged = [c for c in problem.columns if re.fullmatch(r"ages?|나이|연령", c.strip(), re.I)]
        for one in re.finditer(
            rf"\b(?:aged|ages)\s+(?:between\s+)?{_N}\s*(?:and|to|-|–)\s*{_N}", text if aged else "", re.I
        ):
            low, high = (plain(float(one[n].replace(",", ""))) for n in (1, 2))
            found.append(Condition(aged[0], f"{FRAME}[{problem.number(aged[0])}].between({low!r}, {high!r})"))
        for one in re.finditer(rf"{_C}\s*(?:is |are |values? )?between\s*{_N}\s*and\s*{_N}", text, re.I):
            column = mask.at(one[1])
            if problem.is_numeric(column):
                low, high = (plain(float(one[n].replace(",", ""))) for n in (2, 3))
                found.append(Condition(column, f"{FRAME}[{problem.number(column)}].between({low!r}, {high!r})"))
    return found


def _counted(problem: Problem, noun: str) -> str | None:
    """The column that counts something: review_count for `reviews`."""
    counts = {"count", "counts", "number", "num", "no", "total", "of", "cnt"}
    for column in map(str, problem.frame.columns):
        words = [word for word in tokens(column) if word not in counts]
        if len(words) == 1 and len(tokens(column)) > 1 and same(noun.lower(), words[0]) and problem.is_numeric(column):
            return column
    return None


def _compared(problem: Problem, column: str, sign: str, said: str) -> Condition:
    value = plain(float(said.replace(",", "")))
    return Condition(
        column, f"({FRAME}[{problem.number(column)}] {sign} {value!r})", sign == "==", value if sign == "==" else None
    )


def _values(problem: Problem, sentence: str) -> list[Condition]:
    """Values of text columns in a sentence: `"Americas"`, `male passengers`."""
    taken = [
        (one.start, one.end)
        for one in find_mentions(sentence, list(map(str, problem.frame.columns)))
        if one.score >= 80
    ]
    spots: list[tuple[int, int, Condition]] = []
    low = sentence.casefold()
    for column in map(str, problem.frame.columns):
        if problem.kind(column) not in ("text", "written") or len(problem.distinct(column)) > 2000:
            continue
        few = len(problem.distinct(column)) <= 60
        for value in problem.distinct(column):
            text = str(value).strip()
            short = (
                rf"=\s*['\"]?{re.escape(text)}['\"]?|{re.escape(column)}[\"'”’]?[이가은는]?(?:\s+(?:is|are|equals|"
                rf"equal to|of))?"
                rf"\s*['\"“‘]{re.escape(text)}['\"”’]"
            )
            if len(text) < 2 and not re.search(short, sentence):
                continue
            if text.casefold() not in low:  # far quicker than to look for each of thousands of values
                continue
            flags = re.I if len(text) >= 4 and few else 0
            plural = "s?" if flags and text.isascii() and text[-1].isalpha() else ""
            for one in re.finditer(rf"(?<![\w-]){re.escape(text)}{plural}{WORD_END}", sentence, flags):
                quoted = sentence[max(0, one.start() - 1) : one.start()] in tuple("\"'“‘") and one.start() > 0
                is_told = quoted and _is_said_of(problem, sentence, column, one.start())
                if not is_told and any(one.start() < end and start < one.end() for start, end in taken):
                    continue
                if (
                    not quoted
                    and not _is_said_of(problem, sentence, column, one.start())
                    and (
                        not few
                        or _names_rows(problem, text)
                        or (text.islower() and len(text) < 4)
                        or text.isdigit()
                        or letters(text) in COMMON
                    )
                ):
                    continue
                spots.append((one.start(), one.end(), equal(problem, column, value)))
    spots = [one for one in spots if one[2].column in _columns_before(problem, sentence, one, spots)]
    spots.sort(key=lambda one: one[0] - one[1])
    kept: list[tuple[int, int, Condition]] = []
    for spot in spots:
        if all(spot[1] <= other[0] or spot[0] >= other[1] for other in kept):
            kept.append(spot)
    return [condition for _, _, condition in sorted(kept, key=lambda one: one[0])]


def _is_said_of(problem: Problem, sentence: str, column: str, start: int) -> bool:
    """Whether a column's name and `is` or the like stand right before a place: `oil equals yes`."""
    named = [one for one in problem.mentions_in(sentence[:start]) if one.column == column][-1:]
    between = sentence[named[0].end : start] if named else ""
    return bool(between.strip(" \"'”’`") and re.fullmatch(_OF_COLUMN, between, re.I))


def _columns_before(
    problem: Problem, sentence: str, spot: tuple[int, int, Condition], spots: Sequence[tuple[int, int, Condition]]
) -> list[str]:
    """The columns that a value may belong to: of several that have it, the one that it is said of, `sex is "M"`."""
    columns = list(dict.fromkeys(one[2].column for one in spots if one[:2] == spot[:2]))
    if len(columns) < 2:
        return columns
    named = [one for one in problem.mentions_in(sentence) if one.column in columns]
    before = [one for one in named if re.fullmatch(_OF_COLUMN, sentence[one.end : spot[0]], re.I)]
    after = [one for one in named if re.fullmatch(r"[\"'”’]?\s+", sentence[spot[1] : one.start])]
    told = [one.column for one in before or after] or [
        c for c in columns if c in problem.columns_in(problem.body, at_least=75)
    ]
    return told if len(set(told)) == 1 else columns


def _all_known(problem: Problem, sentence: str) -> None:
    """Refuse a list of the only ones that count where the table has some of them alone."""
    found = re.search(
        r"\b[Oo]nly\b[^.:\n]*?((?:[A-Z][\w/&-]*(?:,\s*(?:and\s+)?|\s+and\s+)){2,}[A-Z][\w/&-]*)", sentence
    )
    if not found or problem.columns_in(found[1], at_least=75):
        return
    names = [name.strip() for name in re.split(r",\s*(?:and\s+)?|\s+and\s+", found[1])]
    known = {str(value).strip().casefold() for column in problem.groups() for value in problem.distinct(column)}
    missing = [name for name in names if name.casefold() not in known]
    if missing and any(problem.kind(column) == "text" for column in problem.groups()):
        raise NotUnderstood(missing[0])


def _names_rows(problem: Problem, value: str) -> bool:
    """Whether a value is what the table's rows are called: `Hotel` beside hotel_id and hotel_name."""
    word = value.casefold()
    return sum(word in tokens(column) for column in map(str, problem.frame.columns)) > 1


WORD_END = r"(?:(?=(?:의|은|는|이|가|을|를|와|과|에|에서|인|만|로|으로|이나|나)?(?:[^\w가-힣-]|$))|(?<=[가-힣])(?=\s))"
COMMON = frozenset(
    re.findall(r"\w+", "yes no other none total all true false high low medium a the in is of other unknown")
)


def _yes_no(problem: Problem, sentence: str) -> list[Condition]:
    """`who survived`, `did not survive`: a column of 0 and 1 as a verb."""
    words = tokens(sentence)
    found = []
    for column in _flags(problem):
        parts = list(tokens(column))
        for index, word in enumerate(words):
            if len(parts) == 1 and same(word, parts[0]):
                before = words[max(0, index - 4) : index]
                negated = bool(NEGATIONS & set(before[-2:]))
                verb = negated or (
                    bool({"who", "that", "which", "they", "and"} & set(before[-2:]))
                    and bool(
                        {
                            "who",
                            "passengers",
                            "they",
                            "people",
                            "customers",
                            "those",
                            "individuals",
                            "patients",
                            "employees",
                            "male",
                            "female",
                        }
                        & set(words[max(0, index - 8) : index])
                    )
                )
                verb = verb or bool(re.search(rf"\b(?:have|has|had|having) an? {re.escape(column)}\b", sentence, re.I))
                if verb and not re.search(rf"[\"'“]{re.escape(column)}", sentence):
                    found.append(flagged(problem, column, not negated))
    return found


def named_flags(problem: Problem, words: Sequence[str]) -> list[str]:
    """The columns of 0 and 1 that words name; of those that share these words the one that is named best."""
    met = {
        column: {
            part
            for part in tokens(column)
            if len(part) > 3 and any(same(word.removeprefix("non"), part) for word in words)
        }
        for column in _flags(problem)
    }
    asked = {one.column for one in problem.mentions if one.score >= 75}
    ranks = {column: (len(parts), column in asked) for column, parts in met.items()}
    return [
        column
        for column, parts in met.items()
        if parts and not any(parts & met[other] and ranks[other] > ranks[column] for other in met if other != column)
    ]


def _flags(problem: Problem) -> list[str]:
    return [c for c in map(str, problem.frame.columns) if is_flag(problem, c) or _yes_of(problem, c)]


def is_flag(problem: Problem, column: str) -> bool:
    """Whether a column of the table holds nothing but 0 and 1."""
    values = {str(value) for value in problem.distinct(column)}
    return bool(values) and values <= {"0", "1", "0.0", "1.0", "True", "False"}


def is_yes_or_one(problem: Problem, column: str) -> bool:
    """Whether a column says by 0 and 1, or by yes and no, that something holds."""
    return column in _flags(problem)


def _yes_of(problem: Problem, column: str) -> dict[bool, Any]:
    """The values of a column of yes and no; {} of any other."""
    said = {str(value).casefold(): value for value in problem.distinct(column)}
    for yes, no in (("yes", "no"), ("예", "아니오"), ("예", "아니요")):
        if set(said) == {yes, no}:
            return {True: said[yes], False: said[no]}
    return {}


def flagged(problem: Problem, column: str, holds: bool) -> Condition:
    """The rows in which a column of 0 and 1, or of yes and no, says that something holds or that it doesn't."""
    return equal(problem, column, _yes_of(problem, column).get(holds, int(holds)))


def ordinals(problem: Problem, words: Sequence[str]) -> list[Condition]:
    """`first class`, `class 1`: a number of a column with few of them."""
    found = []
    for index, word in enumerate(words[:-1]):
        following = words[index + 1]
        if words[max(0, index - 2) : index] in (["at", "least"], ["at", "most"]) or words[
            max(0, index - 1) : index
        ] == ["than"]:
            continue
        for value, noun in ((NUMBER_WORDS.get(word), following), (_digit(following), word)):
            if value is None or len(noun) < 4 or value != int(value):
                continue
            for column in problem.groups():
                if (
                    letters(column).endswith(noun)
                    and len(letters(column)) <= len(noun) + 2
                    and value in set(problem.distinct(column))
                ):
                    found.append(equal(problem, column, value))
    return found


def _digit(word: str) -> int | None:
    return int(word) if word.isdigit() and len(word) < 5 else None
