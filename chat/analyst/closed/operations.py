"""The kinds of computation that a question names, each with what its script has to hold if it does them."""

from __future__ import annotations

import re

from chat.analyst.closed.problems import Problem

_OPERATIONS = tuple(
    (re.compile(said, re.I), re.compile(code))
    for said, code in (
        (r"\b(?:moving|rolling)[ -](?:\w+ )?(?:average|mean|median|sum|window|standard)|이동\s*평균", r"\.rolling\("),
        (r"\bexponential(?:ly)?[ -](?:weighted|smooth|moving)|\bewm\b", r"\.ewm\("),
        (r"\bcumulative\b|\brunning (?:total|sum)|누적", r"\.cum"),
        (
            r"\bpercent(?:age)?[ -]change\b|\bpct_change\b|\b(?:month|day|year|quarter|week)[- ](?:to|over|on)[- ]"
            r"(?:month|day|year|quarter|week)\b|\b(?:daily|weekly|monthly|annual|yearly|log) returns?\b|"
            r"\b(?:previous|preceding|prior) (?:row|day|week|month|quarter|year|period|price|value|record|"
            r"observation)s?\b|"
            r"\blag(?:ged)?\b|전일\s*대비|전월\s*대비|전년\s*대비",
            r"pct_change|\.diff\(|\.shift\(|\.iloc\[",
        ),
        (r"\bgr(?:ew|ow|own|owth)\b[^.\n]{0,60}\bfrom\b", r"pct_change|\.diff\(|\.shift\(|\.iloc\[| / "),
        (r"\blog(?:arithm\w*)?(?:10|2|1p)?\b(?![ -]?(?:loss|file|likelihood))|로그\s*변환", r"np\.log"),
        (r"\bsquare[ -]root\b|\bsqrt\b|제곱근", r"np\.sqrt|\*\* 0\.5"),
        (r"\bweighted (?:by|mean|average|sum)|가중\s*평균", r"np\.average|weights"),
        (r"\bgeometric mean\b|기하\s*평균", r"gmean"),
        (r"\bharmonic mean\b|조화\s*평균", r"hmean"),
        (r"\btrimmed (?:mean|average)\b|절사\s*평균", r"trim_mean"),
        (r"\bwinsori[sz]", r"winsorize|\.clip\("),
        (r"\bstandard error\b|표준\s*오차", r"\.sem\("),
        (r"\bconfidence (?:interval|limit|bound)|신뢰\s*구간", r"\.interval\(|\.sem\("),
        (r"\b(?:median|mean) absolute deviation\b", r"median_abs_deviation|\.abs\(\)\.me"),
        (r"\bcoefficients? of variation\b|변동\s*계수", r"\.std\([^)]*\) / "),
        (r"\bcohen'?s\b|\beffect size\b|\bcram[eé]r|\beta[- ]squared", r"cohen|cramer|eta_squared"),
        (r"\bcross[- ]validat|\bk-?fold\b|\d+-fold\b|교차\s*검증", r"cross_val"),
        (r"\bgrid ?search\b|\bhyper-?parameter (?:tun|search)", r"GridSearch"),
        (r"\bprincipal components?\b|\bpca\b|주성분", r"PCA"),
        (r"\bpolynomial\b|\bquadratic\b|다항", r"Polynomial|polyfit|\*\* 2"),
        (r"\bbootstrap", r"bootstrap|\.sample\("),
        (r"\bstratif", r"stratify"),
        (r"\bone[- ]?hot\b|\bdummy (?:variable|encod)|get_dummies", r"get_dummies"),
        (r"\bpartial correlation\b", r"partial"),
        (r"\bautocorrelat", r"autocorr"),
        (r"\bdivid(?:e|es|ed|ing)\b(?![^.\n]{0,40}\b(?:into|number of|count of)\b)|나눈|나누어", r" / |/ len"),
        (r"\bsubtract\w*|\bminus\b", r" - |\.diff\(|ttest|-1"),
        (r"\bmultipl(?:y|ied|ying)\b", r" \* "),
        (r"\bsum(?:med|ming)? (?:up )?(?:the )?…", r"\.sum\(| \+ |\.cumsum"),
        (r"…\s*[/÷]\s*…", r" / "),
        (r"…\s*[*×]\s*…", r" \* "),
        (r"\bcovariance\b|공분산", r"\.cov\("),
        (r"\bentropy\b|\bgini\b", r"entropy|gini"),
    )
)
_UNITS = (
    "fahrenheit celsius kelvin kilomet\\w+ miles? metres? meters? inch(?:es)? feet pounds? kilograms? tonnes? "
    "grams? ounces? gallons? lit(?:re|er)s? hours? minutes? seconds? dollars? euros? won yen".replace(" ", "|")
)
_CONVERTS = re.compile(
    rf"\bconvert\w*\b[^.\n]{{0,80}}\b(?:in)?to\s+(?:{_UNITS})\b|\b1\s+(?:[a-z]+\s+){{1,4}}(?:=|is|equals?)\s*[\d.]+",
    re.I,
)
_IDLE = re.compile(
    r"\b(?:do not|don't|does not|without|no|not|never|instead of|rather than|whether|e\.g\.|such as|for "
    r"example)\b|예를",
    re.I,
)  # fmt: skip
_MAYBE = re.compile(r"\b(?:whether|needed|necessary|required|should be|recommended)\b|필요", re.I)
_SCALED = re.compile(r"[*/] *\d|\d *[*/]")


def undone(problem: Problem) -> str | None:
    """The first computation that the question names and its script doesn't do."""
    script = problem.script.body
    for sentence in problem.sentences:
        text = _without_columns(problem, sentence)
        for said, code in _OPERATIONS:
            found = said.search(text)
            if (
                found
                and not _IDLE.search(text[: found.start()])
                and not _MAYBE.search(text)
                and not code.search(script)
            ):
                return found.group()
        converts = _CONVERTS.search(text)
        if converts and not _IDLE.search(text[: converts.start()]) and not _SCALED.search(script):
            return converts.group()
    return None


def _without_columns(problem: Problem, sentence: str) -> str:
    for one in reversed(problem.mentions_in(sentence)):
        if one.score >= 75:
            sentence = f"{sentence[: one.start]}…{sentence[one.end :]}"
    return sentence
