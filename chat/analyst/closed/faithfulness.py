"""Whether a script heeds what its question says: every number, value, month and group in it, or the answer is none."""

from __future__ import annotations

import re

from chat.analyst.closed.calendars import MONTHS
from chat.analyst.closed.mentions import is_written_name, same
from chat.analyst.closed.operations import undone
from chat.analyst.closed.problems import Problem
from chat.analyst.closed.scopes import COMMON, WORD_END
from chat.analyst.closed.wording import NUMBER_WORDS, tokens

# What says how to test or to write and chooses no rows: removed before the numbers of a question are looked at.
_HARMLESS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?m)^\s*\d+[.)]\s",
        r"(?<!than)(?<!above)(?<!below)(?<!over)(?<!under)(?<!to)(?<!exceeds)\s\d+$",
        r"\b(?:return|report|give|provide|output)\s+\d+\s+\w+",
        r"\(\d+\)",
        r"\b1\s*(?:to|-|–|~)\s*(?:4|7|12|31)\b",
        r"\bquestion \d+\b",
        r"\(\s*(?:e\.g\.|for example|i\.e\.|예[:를 ])[^)]*\)",
        r"[-+]?\d[\d.]*\s*(?:or\s+\w+\s+)?(?:st|nd|rd|th)?[\s-]*(?:decimals?\b|d\.?p\b|significant|digits?|자리|번째)",
        r"(?:decimals?\s*(?:places?|points?)?|소수점?\s*(?:이하|아래)?)\s*(?:\(|:|of|=|to)?\s*\d+",
        r"(?:round\w*|nearest|up)\s+(?:\w+\s+){0,3}?to\s+\d+\b(?!\s*(?:%|percent))",
        r"(?:alpha|significance|confidence|유의\s*수준|신뢰)[^.\n]{0,30}?\d+(?:\.\d+)?\s*%?",
        r"\d+(?:\.\d+)?\s*%\s*(?:\w+\s+)?(?:significance|confidence|level|유의|신뢰)",
        r"(?:between|from|range|range of)\s*[-−]?\d+(?:\.\d+)?\s*(?:and|to|-)\s*[-−]?1(?:00)?(?:\.0+)?\b",
        r"\d+[- ](?:tailed|sided|sample|way|hour format|hour clock|fold)",
        r"\b(?:type|method|python|numpy|pandas|scipy)\s*\d[\d.]*",
    )
)
_RULES = re.compile(
    r"skew|kurt|왜도|첨도|encod|인코딩|coded|"
    r"r-?squared?|결정\s*계수|\bfit\b|\br\b|correlation coefficient|strong|moderate|weak|bins?\b|categor|quarter",
    re.I,
)
_NUMBER = re.compile(r"(?<![\w.,%^-])[-+]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?(?!(?!st\b|nd\b|rd\b|th\b)[A-Za-z_\d]|\.\d)")
# A number below one that says how sure a test has to be, or how rows are split.
_LEVEL = re.compile(
    r"\bp\b|p[- _]?(?:value|값)|alpha|significan|confidence|level|threshold|유의|신뢰|hypothesis|split|\btest|\btrain|"
    r"correlat|coefficient|상관|reject|normal|정규|tolerance|학습|평가|\be\.g\.",
    re.I,
)
_FILLS = re.compile(
    r"\bfill(?:ed|ing)?\b(?!-)|\bimput(?:e|ed|ing)\b|(?:결측|빈)[^.\n]{0,12}(?:대체|채우|채운)|채운 뒤|"
    r"replac\w* (?:the )?missing",
    re.I,
)
_IDLE = re.compile(
    r"do not (?:use|consider|include)|ignore the|not needed|regardless|irrespective|"
    r"\bdataset (?:contains|has|includes)|e\.g\.|such as|for example|예를",
    re.I,
)
_UNITS = re.compile(
    r"\bin (hours|minutes|seconds|kilomet\w+|miles|years|days)\b[^.\n]{0,60}"
    r"\b(?:given|measured|stored|recorded) in (\w+)",
    re.I,
)
_MEAN_OF = re.compile(
    r"\b(?:average|mean|median)\s+([a-z][a-z ]{2,30}?)(?=\s+(?:of|for|in|on|at|by|per|from|during|across|"
    r"among|with|when|where)\b|\s*[?.\n])|"
    r"평균\s+([가-힣]{2,10})(?=[을를은는이]\s)"
)
_NO_NOUN = frozenset(
    re.findall(
        r"\w+",
        "value values squared square absolute error number count of for in and or is was each all the imputation "
        "statistics value score scores difference per formula operation operations method approach calculation "
        "calculations result results "
        "column columns imputed 값 값을 차이",
    )
)
_FREE = {0.0, 1.0, 100.0}
_RANKED = re.compile(
    r"\b(?:top|first|last)[\s-]+(\w+)\b|\b(\w+)\s+(?:most|least|highest|lowest|largest|smallest|best|worst|"
    r"oldest|youngest)\b",
    re.I,
)


def unread(problem: Problem) -> str | None:
    """The first thing in a question that its finished script doesn't use and that may choose what is computed."""
    return (
        _column(problem)
        or _column_used(problem)
        or _column_asked(problem)
        or _made_for_nothing(problem)
        or _no_rows_chosen(problem)
        or undone(problem)
        or _filling(problem)
        or _unit(problem)
        or _kept_rows(problem)
        or _compared(problem)
        or _noun(problem)
        or _number(problem)
        or _word_number(problem)
        or _ranked(problem)
        or _value(problem)
        or _month(problem)
        or _group(problem)
        or _which_group(problem)
    )


def _column(problem: Problem) -> str | None:
    """A name in quotation marks that is said to be a column's and that no column has; places may name another."""
    if any(problem.columns_in(" ".join(slot.words), at_least=75) for slot in problem.format.slots):
        return None
    for found in re.finditer(
        r"(?<![\w])[\"“'‘]([^\"“”'‘’\n]{2,60})[\"”'’]\s+(?:columns?|variables?|fields?)\b|"
        r"[\"“'‘]([^\"“”'‘’\n]{2,60})[\"”'’]\s*(?:열|컬럼|변수)",
        problem.body,
    ):
        name = found[1] or found[2]
        around = problem.body[max(0, found.start() - 60) : found.end() + 40]
        is_made = problem.features and re.search(r"\bnew\b|creat|generat|새로|만들|만든|생성|추가", around, re.I)
        if name in problem.columns or is_made:
            continue
        met = max((one.end - one.start for one in problem.mentions_in(name)), default=0)
        if met < 0.6 * len(name.strip()):
            return name
    return None


def _column_used(problem: Problem) -> str | None:
    """A column that the question names as it is written and that the script does nothing with."""
    every = bool(re.search(r"\bdf\.(?:isna|corr|select_dtypes|columns)\b", problem.script.body))
    for sentence in problem.sentences:
        if _IDLE.search(sentence) or every:
            continue
        for one in problem.mentions_in(sentence):
            if one.score >= 90 and not _holds(problem, one.column) and _is_no_word(one.column):
                return one.column
    return None


def _holds(problem: Problem, column: str) -> bool:
    """Whether the script uses a column."""
    return column in problem.script.body or repr(column) in problem.script.body


def _column_asked(problem: Problem) -> str | None:
    """A column whose statistic the question wants in so many words and that the script does nothing with."""
    for sentence in problem.sentences:
        if _IDLE.search(sentence):
            continue
        for one in problem.mentions_in(sentence):
            before = sentence[: one.start].rstrip("\"'“‘` ")
            asked = re.search(
                r"\b(?:mean|average|median|total|sum of|standard deviation of|variance of|skewness of|maximum|minimum)"
                r"(?: of)?(?: the)?$",
                before,
                re.I,
            )
            if asked and one.score >= 75 and problem.is_numeric(one.column) and not _holds(problem, one.column):
                return one.column
    return None


def _made_for_nothing(problem: Problem) -> str | None:
    """A column that the script makes and no place of the answer then uses."""
    script = problem.script.body
    for one in problem.features:
        name = re.escape(repr(one.name))
        making = rf"(?m)^df(?:\.loc)?\[(?:[^\n]*, )?{name}\] = (.*)"
        made_of = {column for line in re.findall(making, script) for column in re.findall(r"df\[('[^'\n]+')\]", line)}
        rest = re.sub(making, "", script)
        if not re.search(name, rest) and any(column in rest for column in made_of):
            return one.name
    return None


def _no_rows_chosen(problem: Problem) -> str | None:
    """Words that choose rows where the script takes all of them: `Among oil-exporting countries (oil equals yes)`."""
    if re.search(
        r"df\[[(~]|\.loc\[|\.isin\(|\.between\(|dropna|groupby|nlargest|nsmallest|\.mask\(|==|[<>]", problem.script.body
    ):
        return None
    found = re.search(
        r"\b(?:among|amongst)\b(?! (?:all|the (?:different|various|groups|columns|variables)|them\b))|"
        r"\brestrict\w* to\b|\bfilter(?:ed|ing)? (?:for|to|on|the|by)\b|"
        r"\b(?:consider(?:ing)?|include|use|keep|take) only\b|\bonly (?:consider|include|use|keep|take)\b",
        problem.low,
    )
    return found.group() if found else None


def _is_no_word(column: str) -> bool:
    """Whether a name can't be said by chance: `unit_price`, `enrltot`; `age` and `year` may only describe the table."""
    return is_written_name(column) or not re.fullmatch(r"[A-Za-z]{1,5}|[A-Z]?[a-z]+(?: [A-Za-z]+)*|[가-힣 ]+", column)


def _filling(problem: Problem) -> str | None:
    """Filling of gaps that the question wants and the script doesn't do."""
    for sentence in problem.sentences:
        found = _FILLS.search(sentence)
        if not found or _IDLE.search(sentence) or re.search(r"\b(?:no|not|without|don't)\b", sentence, re.I):
            continue
        if not re.search(r"fillna|ffill|bfill|interpolate|impute", problem.script.body.casefold()):
            return found.group()
        grouped = re.search(
            r"\b(?:group|each|same|respective|its|their)\b|같은|그룹|별", sentence[found.start() :], re.I
        )
        named = [c for c in problem.columns_in(sentence, at_least=75) if c in problem.groups()]
        if grouped and named and not any(repr(c) in problem.script.body for c in named):
            return named[0]
    return None


def _unit(problem: Problem) -> str | None:
    """A unit that a column has to be brought to: `in hours (AirTime is given in minutes)`."""
    found = _UNITS.search(problem.body)
    if not found or re.search(r"\b(?:60|3600|24|1000|12|100)(?:\.0)?\b", problem.script.body):
        return None
    return None if found[1].casefold() == found[2].casefold() else found.group()


def _noun(problem: Problem) -> str | None:
    """What a mean is wanted of and no column is called: `the average salary of players with more than 5 goals`."""
    if any(not one.labels for one in problem.features):
        return None
    known = {word for column in problem.columns for word in tokens(column)}
    for sentence in problem.sentences:
        for found in _MEAN_OF.finditer(sentence):
            group = 1 if found[1] else 2
            start, end = found.span(group)
            if any(one.start < end and start < one.end for one in problem.mentions_in(sentence)):
                continue
            words = set(re.findall(r"[^\W\d_]+", found[group].casefold()))
            if words & _NO_NOUN or any(same(word, own) for word in words for own in known):
                continue
            if not problem.columns_in(found[group]):
                return found[group]
    return None


def _compared(problem: Problem) -> str | None:
    """Rows beyond a computed value, or groups with a statistic beyond a limit, that the script doesn't compare."""
    script = problem.script.body
    found = re.search(
        r"\b(?:above|below|over|under|exceed\w*|(?:greater|higher|less|lower|more) than) (?:it|that|this)\b",
        problem.low,
    )
    if found and not re.search(r"(?<!-)[<>]", script):
        return found.group()
    groups = re.search(r"how many (\w+) (?:have|has|had) an? (?:\w+ )?(?:average|mean|median|total)\b", problem.low)
    return groups.group() if groups and "groupby" not in script else None


def _kept_rows(problem: Problem) -> str | None:
    """Rows that the question leaves out by a column's sign: `non-zero`, `excluding zero`."""
    found = re.search(r"\bnon-?zero\b|\bpositive (?=balance|amount|value|number)|exclud\w+ zeros?\b", problem.low)
    return found.group() if found and not re.search(r"[!><]=? 0\b", problem.script.body) else None


def _without_columns(problem: Problem, sentence: str) -> str:
    for one in reversed(problem.mentions_in(sentence)):
        if one.score >= 45:
            sentence = f"{sentence[: one.start]}것{sentence[one.end :]}"  # a letter that no number begins after
    return sentence


def _number(problem: Problem) -> str | None:
    used = _numbers_used(problem)
    labelled = any(one.labels for one in problem.features)
    for sentence in problem.sentences:
        if re.fullmatch(r"\W*\d+\W*", sentence):
            continue  # the number of a line
        if labelled and re.search(r"\d\s*[-–)]|[<>≤≥]\s*\d|\d\s*(?:to|and)\s*\d|percentile", sentence):
            continue  # the limits of groups are read together
        rules = bool(_RULES.search(sentence))
        text = _without_columns(problem, sentence)
        for pattern in _HARMLESS:
            text = pattern.sub(" ", text)
        for found in _NUMBER.finditer(text):
            value = abs(float(found.group().replace(",", "")))
            if (
                value in _FREE
                or value < 1e-6
                or (value < 1 and (rules or _LEVEL.search(sentence)))
                or (rules and value <= 3.5)
            ):
                continue
            if re.search(r"[A-Z]&?[A-Z]\s+$", text[: found.start()]):
                continue  # a name: `S&P 500`
            if re.search(r"\d\s*:\s*\d", text) and round(value / 10, 9) in used | {round(1 - one, 9) for one in used}:
                continue  # a ratio: `8:2`
            meant = {value, value - 1}
            if re.search(r"%|percent|백분|\d\s*[:/-]\s*\d", text, re.I):
                meant |= {round(value / 100, 9), round(1 - value / 100, 9)}
            if not meant & used:
                return found.group().strip()
    return None


def _word_number(problem: Problem) -> str | None:
    """A limit in letters that the script doesn't know: `at least three bedrooms`."""
    for found in re.finditer(
        r"\b(?:(?:more|less|fewer|greater|higher|lower|larger|smaller) than|at least|at most|exactly)\s+"
        r"(two|three|four|five|six|seven|eight|nine|ten)\b",
        problem.low,
    ):
        if NUMBER_WORDS[found[1]] not in _numbers_used(problem) or not re.search(
            r"[<>]|==|between", problem.script.body
        ):
            return found.group()
    return None


def _numbers_used(problem: Problem) -> set[float]:
    """The numbers in a script: its own and those in the names of columns and in the values that it has as texts."""
    script = re.sub(r"'@[^'\n]*'|, \d\)(?=, [\"'])", "", problem.script.body)  # names of places and decimals
    inside = [one for text in re.findall(r"'([^'\n]*)'|\"([^\"\n]*)\"", script) for one in text if one]
    texts = [one for text in inside for one in re.findall(r"\d+", text)]
    own = re.findall(r"(?<![A-Za-z_\d])\d+(?:\.\d+)?(?:e-?\d+)?|(?<=log)\d+", script)
    return {round(abs(float(one)), 9) for one in [*own, *texts]}


def _ranked(problem: Problem) -> str | None:
    if "value_counts().index[" in problem.script.body:
        return None  # the n-th most frequent, each in its own place
    for found in _RANKED.finditer(problem.body):
        said = (found[1] or found[2]).casefold()
        count = NUMBER_WORDS.get(said) if said.isalpha() else float(said) if said.isdigit() else None
        if count is not None and 2 <= count <= 20 and not {count, count - 1} & _numbers_used(problem):
            return found.group()
    return None


def _value(problem: Problem) -> str | None:
    """A value of the table in the question that neither chooses rows nor is one of all that are listed."""
    script = problem.script.body
    for column in problem.groups():
        if problem.kind(column) != "text" or any(one.labels for one in problem.features):
            continue
        named = [str(value).strip() for value in problem.distinct(column) if _is_named(problem, str(value).strip())]
        left = [value for value in named if value not in script]
        if left and len(named) < len(problem.distinct(column)):
            return left[0]
    return None


def _is_named(problem: Problem, value: str) -> bool:
    if len(value) == 1 and value.isalpha():
        quoted = rf"[\"'“‘]{re.escape(value)}[\"'”’]"
        placeholders = {part.placeholder for slot in problem.format.slots for part in slot.parts}
        return value not in placeholders and any(re.search(quoted, sentence) for sentence in problem.sentences)
    if len(value) < 2 or value.casefold() in COMMON or not re.search(r"[A-Z가-힣]", value):
        return False
    pattern = rf"(?<![\w-]){re.escape(value)}{WORD_END}"
    return any(
        value in sentence
        and not re.search(r"encod|coded|e\.g\.|such as|for example|예를", sentence, re.I)
        and re.search(pattern, _without_columns(problem, sentence))
        for sentence in problem.sentences
    )


def _month(problem: Problem) -> str | None:
    """A month that the question names and that neither chooses rows nor is called so in the table."""
    names = "|".join(name.capitalize() for name in MONTHS)
    found = re.search(
        rf"(?<=[a-z,(&/] )({names})\b|\(({names})\b|(?<![\d.])(?:1[0-2]|[1-9])월(?:에|의|달|\s)", problem.body
    )
    if not found or ".dt.month" in problem.script.body:
        return None
    known = "".join(problem.columns).casefold()
    name = found[1] or found[2]
    if name and (name[:3].casefold() in known or name in problem.script.body):
        return None
    return found.group().strip()


def _group(problem: Problem) -> str | None:
    """A column of groups that a statistic is wanted for each of, and that the script doesn't know."""
    for found in re.finditer(r"\b(?:for|of|in|within) each ([\w ]{2,30})", problem.low):
        first = [one for one in problem.mentions_in(found[1]) if not found[1][: one.start].strip()]
        if first and first[0].column in problem.groups() and repr(first[0].column) not in problem.script.body:
            return found.group()
    return None


def _which_group(problem: Problem) -> str | None:
    """A column of groups of which the question wants the highest or lowest, and that the script doesn't know."""
    for found in re.finditer(
        r"\b(?:which|what) ([\w ]{2,40}?) (?:had|has|have|shows?|showed|is|was|were|recorded|sold|saw|with)\b[^.?\n]*"
        r"\b(?:highest|lowest|largest|smallest|greatest|most|least|fewest|best|worst|biggest)\b",
        problem.low,
    ):
        named = [c for c in problem.columns_in(found[1], at_least=75) if c in problem.groups()]
        if named and not any(repr(c) in problem.script.body for c in named):
            return found[1]
    return None
