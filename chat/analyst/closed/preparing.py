"""What a question has done to the table first: rows dropped, gaps filled, columns scaled, logged or encoded."""

from __future__ import annotations

import re

from chat.analyst.closed.conversions import convert
from chat.analyst.closed.definitions import add_definitions
from chat.analyst.closed.features import add_features, log_expression
from chat.analyst.closed.problems import NotUnderstood, Problem
from chat.analyst.closed.series import add_series

_MISSING = r"missing|null|\bnan\b|\bna\b|empty|결측|누락|빈\s*값"
_FILL_WORDS = r"\bfill|imput|replac\w*\s+(?:any |the |these |all )?(?:missing|null|nan)|대체|채우|채운|보간"
_DROP_WORDS = r"\bdrop|remov|delet|exclud|listwise|discard|제거|삭제|제외"
# A place that asks what gaps were filled with.
ASKS_FILLING = re.compile(
    r"\bused (?:for|in|to)\b[^.]{0,30}(?:imput|fill|replac)|imputed value|imputation value|fill(?:ing)? value|"
    r"(?:대체|채우)[^.]{0,12}(?:사용|쓴|값)"
)
_Q = "\"'“”‘’`"


def prepare(problem: Problem) -> None:
    """Write the lines for every step in the order of the question."""
    steps = [
        (_position(problem, r"duplicate|중복"), _duplicates),
        (-1 if _fills_from_all(problem) else _position(problem, rf"{_FILL_WORDS}|handl\w*[^.]{{0,20}}missing"), _fill),
        (_position(problem, _DROP_WORDS), _drop),
        (
            _position(problem, r"\bnew (?:\w+ )?(?:feature|column|variable)|creat|generat|새로운|파생|만들|생성"),
            add_features,
        ),
        (_position(problem, r"\blog(?:arithm\w*)?\b|로그"), _log),
        (
            _position(
                problem, r"min[- ]?max|normaliz|normalis|standardiz|standardis|scal(?:e|ing)|정규화|표준화|스케일"
            ),
            _scale,
        ),
        (_position(problem, r"encod|binary format|인코딩"), _encode),
    ]
    for _, step in sorted(steps, key=lambda one: one[0]):
        step(problem)
    convert(problem)
    add_series(problem)
    add_definitions(problem)


def _fills_from_all(problem: Problem) -> bool:
    """Whether gaps are filled with a measure of all rows, whichever of them are dropped: `the median of all people`."""
    return any(
        re.search(
            r"\b(?:mean|median|mode|average)\b[^.,\n]{0,30}\bof all\b|전체[^.\n]{0,20}(?:평균|중앙값|최빈값)", one, re.I
        )
        for one in _about(problem, _FILL_WORDS)
    )


def _position(problem: Problem, pattern: str) -> int:
    found = re.search(pattern, problem.low)
    return found.start() if found else len(problem.low)


def _about(problem: Problem, pattern: str) -> list[str]:
    """The sentences that speak of something."""
    return [one for one in problem.sentences if re.search(pattern, one, re.I)]


def _table_columns(problem: Problem, text: str) -> list[str]:
    return [column for column in problem.columns_in(text, at_least=45) if column in map(str, problem.frame.columns)]


def _duplicates(problem: Problem) -> None:
    for sentence in _about(problem, r"duplicate|중복"):
        if re.search(_DROP_WORDS, sentence, re.I) and not re.search(
            r"should not contain|do not remove|don't remove", sentence, re.I
        ):
            problem.script.add(
                "rows_before = len(df)", "df = df.drop_duplicates()", "duplicates = rows_before - len(df)"
            )
            return


def _fill(problem: Problem) -> None:
    if re.search(r"imput", problem.low) and re.search(r"nearest[- ]neighbo|\bknn|kneighbors", problem.low):
        raise NotUnderstood("imputation by nearest neighbours")
    done: set[str] = set()
    for sentence in _about(problem, _FILL_WORDS):
        if not re.search(_MISSING + r"|gap|imput|\bfill (?:them|these|those|it)\b", sentence, re.I) or re.search(
            r"do not fill|without imput|outlier|before and after[^.\n]{0,40}imput", sentence, re.I
        ):
            continue
        for clause in re.split(r",\s*(?:and|then)\s|;|\band in\b", sentence):
            _fill_clause(problem, clause, sentence, done)


def _fill_clause(problem: Problem, clause: str, sentence: str, done: set[str]) -> None:
    columns = _table_columns(problem, clause)
    how = _filling(clause)
    if how is None and re.search(_FILL_WORDS, clause, re.I):
        how = _filling(sentence)
    if how is None:
        return
    if not columns:
        columns = _table_columns(problem, sentence)
        if not columns and not re.search(r"\b(?:respective|each|all|any|every)\b|각|모든", sentence, re.I):
            columns = _with_gaps(problem)
        if not columns and not re.search(r"respective|each|all|any|these|the missing|각", sentence, re.I):
            columns = [c for c in problem.columns_in(problem.body, at_least=45) if _has_gaps(problem, c)]
            if not columns:
                return
    wanted = columns or [c for c in map(str, problem.frame.columns) if how == "mode" or problem.kind(c) == "number"]
    by = _same_group(problem, sentence)
    for column in wanted:
        if column in done or (
            not problem.frame[column].isna().any() and problem.kind(column) == "text" and how in ("mean", "median")
        ):
            continue
        if by == column:
            continue
        done.add(column)
        problem.script.add(*_fill_lines(problem, column, how, by))


def _has_gaps(problem: Problem, column: str) -> bool:
    return column in map(str, problem.frame.columns) and bool(problem.frame[column].isna().any())


def _with_gaps(problem: Problem) -> list[str]:
    """The columns whose missing values other sentences speak of."""
    named = [c for one in _about(problem, _MISSING) for c in _table_columns(problem, one)]
    return [c for c in dict.fromkeys(named) if problem.frame[c].isna().any() or problem.kind(c) == "written"]


def _filling(text: str) -> str | None:
    """What gaps are filled with: a measure, a direction, or a value as a literal."""
    low = text.casefold()
    literal = re.search(rf"(?:with|as|by|to)\s+[{_Q}]([^{_Q}]{{1,30}})[{_Q}]", text)
    said = re.search(
        r"(?:with|as|by|using)\s+(?:the\s+|a\s+|its\s+|their\s+)*(?:\w+\s+)?(?:(zero)\b|(-?\d+(?:\.\d+)?)\b)", low
    )
    korean = re.search(r"(?<!\d)(-?\d+)(?:으로|로)\s*(?:대체|채)", low)
    if korean:
        return repr(int(korean[1]))
    if said and not re.search(r"(?:with|as|by|using)\s+[^.,]{0,30}(?:mean|median|mode|average)", low[: said.end()]):
        return "0" if said[1] else repr(float(said[2]) if "." in said[2] else int(said[2]))
    for how, pattern in (
        ("ffill", r"forward[- ]?fill|ffill|previous value"), ("bfill", r"backward?[- ]?fill|bfill|next value"),
        ("mode", r"\bmode\b|most (?:frequent|common)|최빈"), ("median", r"\bmedians?\b|중앙값|중위"),
        ("mean", r"\bmeans?\b|\baverages?\b|평균"), ("interpolate", r"interpolat"),
    ):  # fmt: skip
        if re.search(pattern, low):
            return how
    if literal:
        return repr(literal[1])
    korean = re.search(r"(?<!\d)(-?\d+)(?:으로|로)", low)
    return repr(int(korean[1])) if korean else None


def _same_group(problem: Problem, sentence: str) -> str | None:
    """The column within whose groups gaps are filled: `the mean of the same country`."""
    found = re.search(
        r"(?:of|within|for|by) (?:the same|each|its|their) ([\w ]{2,40})|같은\s*([\w가-힣]+)", sentence, re.I
    )
    if not found:
        found = re.search(
            r"(?:of|within|in|for|by) (?:the |a )?(?:\w+['’]s )?([\w ]{2,30})\s+groups?\b()|([\w가-힣]+)별\s",
            sentence,
            re.I,
        )
    if not found or re.search("column|respective", found.group(), re.I):
        return None
    columns = _table_columns(problem, next(group for group in found.groups() if group))
    return columns[0] if columns else None


def _fill_lines(problem: Problem, column: str, how: str, by: str | None) -> list[str]:
    literal = repr(column)
    if how in ("mean", "median"):
        problem.number(column)
        if by:
            return [
                f"df[{literal}] = df[{literal}].fillna(df.groupby({by!r})[{literal}].transform({how!r}))",
                f"df[{literal}] = df[{literal}].fillna(df[{literal}].{how}())",
            ]
        if not any(ASKS_FILLING.search(f"{' '.join(s.words)} {p.says}") for s in problem.format.slots for p in s.parts):
            return [f"df[{literal}] = df[{literal}].fillna(df[{literal}].{how}())"]
        name = problem.script.name(f"{how}_used")
        problem.filled[column, how] = name
        return [f"{name} = df[{literal}].{how}()", f"df[{literal}] = df[{literal}].fillna({name})"]
    if how == "mode":
        return [f"df[{literal}] = df[{literal}].fillna(df[{literal}].mode().iloc[0])"]
    if how in ("ffill", "bfill", "interpolate"):
        return [f"df[{literal}] = df[{literal}].{how}()"]
    return [f"df[{literal}] = df[{literal}].fillna({how})"]


def _drop(problem: Problem) -> None:
    dropped: set[str] = set()
    whole = False
    for sentence in _about(problem, _DROP_WORDS):
        if not re.search(_MISSING + "|dropna|listwise", sentence, re.I) or re.search(
            r"outlier|do not (?:drop|remove|exclude)", sentence, re.I
        ):
            continue
        for clause in re.split(r";|\band (?:the )?(?:imput|fill|replac)", sentence):
            if not re.search(_DROP_WORDS, clause, re.I):
                continue
            columns = _table_columns(problem, clause)
            if columns and not re.search(_FILL_WORDS, clause, re.I):
                dropped |= set(columns)
            elif not columns and re.search(
                r"entire(?:ly)? from the dataset|all rows|any row|rows with (?:any )?missing|모든", clause, re.I
            ):
                whole = True
    names = [column for column in map(str, problem.frame.columns) if column in dropped]
    if names:
        problem.script.add(f"df = df.dropna(subset={names!r})")
    elif whole:
        columns = [one.column for one in problem.mentions if one.column in map(str, problem.frame.columns)]
        problem.script.add(
            f"df = df.dropna(subset={list(dict.fromkeys(columns))!r})" if columns else "df = df.dropna()"
        )


def _log(problem: Problem) -> None:
    if any("log" in line for line in problem.script.lines):
        return
    for sentence in _about(
        problem,
        r"\blog(?:arithm\w*)?[- ]*(?:transform|function|scale)|transform\w*[^.]{0,60}\blog|"
        r"로그\s*변환|(?:apply|tak)\w* (?:a |the )?(?:[\w-]+ )?log",
    ):
        if re.search(r"\b(?:whether|needed|necessary|required|should be|recommended)\b|필요", sentence, re.I):
            continue  # it asks whether to
        columns = [c for c in problem.columns_in(sentence, at_least=30) if problem.is_numeric(c)]
        columns = columns or [one.column for one in problem.mentions if problem.is_numeric(one.column)][:1]
        both = re.search(r"\bboth\b|\blog\w*(?:[ -]\w+)? of\b[^.\n]*\band of\b", sentence, re.I)
        for other in dict.fromkeys(columns[1:] if both else ()):
            column = f"df[{problem.number(other)}]"
            problem.script.add(f"{column} = {log_expression(problem, column)}")
        if columns:
            column = f"df[{problem.number(columns[0])}]"
            line = f"{column} = {log_expression(problem, column)}"
            rule = re.search(r"if the p-?value[^.]{0,40}(?:less than|<|below)\s*(0\.\d+)", problem.low)
            if rule:
                p = f"stats.shapiro({column}.dropna())[1]"
                name = problem.script.name("p_before")
                problem.script.add(f"{name} = {p}", f"if {name} < {float(rule[1])!r}:", f"    {line}")
                problem.tested[columns[0]] = name
            else:
                problem.script.add(line)
            return


_SCALES = re.compile(r"normali[sz]\w*|standardi[sz]\w*|\bscal(?:e|ing)\b|rescal\w*|정규화|표준화", re.I)


def _scale(problem: Problem) -> None:
    """Scaling that a question asks for; models scale their own features."""
    if re.search(r"\btrain(?:ing)? (?:set|a|the)|학습", problem.low):
        return
    done: set[str] = set()
    for sentence in _about(
        problem,
        r"min[- ]?max|normaliz|normalis(?!ed? distrib)|standardiz|standardis|\bscaling\b"
        r"|\bscale the\b|rescal|정규화|표준화",
    ):
        if re.search(
            r"\b(?:no|without|do not|don't|not)\s+(?:any\s+|further\s+)?(?:scal|normali|standardi)", sentence, re.I
        ):
            continue
        z = re.search(r"z-?scores?|standardi[sz]|standardscaler|표준화", sentence, re.I) and not re.search(
            r"min[- ]?max", sentence, re.I
        )
        clause = re.split(
            r",\s*(?:and\s+)?(?:imput|fill|drop|remov|creat|handl)", _SCALES.split(sentence, maxsplit=1)[-1]
        )[0]
        columns = [
            c
            for c in problem.columns_in(clause, at_least=45) or problem.columns_in(sentence, at_least=45)
            if problem.is_numeric(c)
        ]
        fresh = re.search(r"new(?:ly created)? feature|this (?:new )?feature", sentence, re.I)
        if fresh and problem.features:
            columns = [problem.features[-1].name]
        for column in columns:
            if column in done:
                continue
            done.add(column)
            values = f"df[{problem.number(column)}]"
            if z:
                problem.script.add(f"{values} = ({values} - {values}.mean()) / {values}.std(ddof=0)")
            else:
                problem.script.add(f"{values} = ({values} - {values}.min()) / ({values}.max() - {values}.min())")


def _encode(problem: Problem) -> None:
    """Words that become numbers, as the question says or in the order of the alphabet."""
    if re.search(r"regress|classif|\btrain", problem.low):
        return
    for sentence in _about(problem, r"encod|binary format|인코딩"):
        if re.search(r"one[- ]?hot|원[- ]?핫", sentence, re.I):
            continue
        for column in _table_columns(problem, sentence):
            values = [value for value in problem.distinct(column) if isinstance(value, str)]
            if problem.kind(column) != "text" or not values or f"df[{column!r}].map" in "\n".join(problem.script.lines):
                continue
            coded = {value: _code(problem, value) for value in values}
            if any(code is None for code in coded.values()):
                coded = {value: number for number, value in enumerate(sorted(values))}
            problem.script.add(f"df[{column!r}] = df[{column!r}].map({coded!r})")
            problem.encoded.add(column)


def _code(problem: Problem, value: str) -> int | None:
    found = re.search(
        rf"[{_Q}]?\b{re.escape(value)}[{_Q}]?\s*(?:is|as|=|:|→|은|는|이|to)?\s*(?:coded as|encoded "
        rf"as|mapped to)?\s*(\d+)\b",
        problem.body,
        re.I,
    )
    return int(found[1]) if found else None


def require(condition: object, part: str) -> None:
    """Raise NotUnderstood, naming the part, unless the condition holds."""
    if not condition:
        raise NotUnderstood(part)
