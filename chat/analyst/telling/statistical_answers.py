"""Words correlations, regressions and statistical tests, and what they mean at the level of significance."""

from __future__ import annotations

from typing import Any

import pandas as pd

from chat.analyst.engine.results import Result
from chat.analyst.queries import Query
from chat.analyst.telling.markdown import MISSING, escaped, number, table
from chat.analyst.telling.phrases import MOST_ROWS, Phrases

_SIGNS = {"pearson": "r", "spearman": "ρ", "kendall": "τ"}
_SMALLEST = 0.0001


def _p(value: float, phrases: Phrases) -> str:
    """ "p = 0.0312", or "p < 0.0001"."""
    if value < _SMALLEST:
        return phrases.say("test.p_below", p=f"{_SMALLEST:.4f}")
    return phrases.say("test.p", p=f"{value:.4f}")


def _short_p(value: float) -> str:
    return MISSING if value != value else f"{value:.4f}" if value >= _SMALLEST else f"< {_SMALLEST:.4f}"


def _level(query: Query) -> str:
    return f"{query.alpha * 100:g}"


def _significance(query: Query, p: float, phrases: Phrases) -> str:
    key = "test.significant" if p < query.alpha else "test.not_significant"
    return phrases.say(key, level=_level(query))


def _coefficient(r: float) -> str:
    return MISSING if r != r else f"{r:.3f}"


def _strength(r: float) -> str:
    size = "strong" if abs(r) >= 0.7 else "weak" if abs(r) >= 0.3 else "none"
    return size if size == "none" else f"{size}_{'up' if r > 0 else 'down'}"


def correlation(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """The coefficient of a pair, or the strongest of several and all in a table."""
    top = result.frame.iloc[0]
    a, b, r, p = escaped(top["a"]), escaped(top["b"]), float(top["r"]), float(top["p"])
    if r != r:
        return [phrases.say("answer.correlation_none", a=a, b=b), phrases.how(query, result)]
    method = query.method or "pearson"
    strength = phrases.say(f"strength.{_strength(r)}")
    words = {"a": a, "b": b, "r": _coefficient(r), "strength": strength, "conditions": where}
    if len(result.frame) > 1:
        return [
            phrases.say("answer.correlation_matrix", **words),
            _pairs_table(result.frame, method, phrases),
            _how_correlated(query, result, phrases, method),
        ]
    if method == "pearson":
        told = f"{_p(p, phrases)}, n = {number(int(top['pairs']))}, {_significance(query, p, phrases)}"
        pieces = [f"{phrases.say('answer.correlation', **words)} ({told})"]
    else:
        more = {"method": phrases.say(f"method.{method}"), "sign": _SIGNS[method], "p": _short_p(p)}
        significance = _significance(query, p, phrases)
        n = number(int(top["pairs"]))
        pieces = [phrases.say("answer.correlation_by", **words, **more, significant=significance, n=n)]
    return [*pieces, _how_correlated(query, result, phrases, method)]


def _how_correlated(query: Query, result: Result, phrases: Phrases, method: str) -> str:
    how = phrases.say("how.pearson")
    if method != "pearson":
        how = phrases.say("how.method", method=phrases.say(f"method.{method}"))
    return phrases.how(query, result, how, phrases.say("how.correlated_not_caused"))


def _pairs_table(frame: pd.DataFrame, method: str, phrases: Phrases) -> str:
    rows = [
        [escaped(row["a"]), escaped(row["b"]), _coefficient(row["r"]), _short_p(row["p"]), number(row["pairs"])]
        for row in frame.head(MOST_ROWS).to_dict("records")
    ]
    column = phrases.say("head.column")
    headers = [column, column, _SIGNS[method], phrases.say("head.p_short"), phrases.say("head.pairs")]
    return "\n\n".join([table(headers, rows, [False, False, True, True, True]), *phrases.cut(frame)])


def normality(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """A sentence for each column."""
    method = result.values["method"]
    sentences = []
    for row in result.frame.to_dict("records"):
        p = (
            phrases.say("test.critical", critical=f"{row['critical']:.4f}")
            if method == "anderson"
            else _p(row["p"], phrases)
        )
        sentences.append(
            phrases.say(
                "test.not_normal" if row["significant"] else "test.normal",
                column=escaped(row["column"]),
                conditions=where,
                level=_level(query),
                method=phrases.say(f"method.{method}"),
                statistic=f"{row['statistic']:.4f}",
                p=p,
                n=number(row["n"]),
            )
        )
    more = [phrases.say("how.ks_fitted")] if method == "ks" else []
    text = sentences[0] if len(sentences) == 1 else "\n".join(f"- {sentence}" for sentence in sentences)
    return [text, phrases.how(query, result, *more)]


def t_test(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """Whether the means differ, and the groups in a table."""
    found = result.values
    names = [str(name) for name in result.frame["group"]]
    kind = "one" if found["method"] == "one_sample" else "t"
    sentence = phrases.say(
        f"test.{kind}_{'differs' if found['significant'] else 'same'}",
        a=escaped(names[0]),
        b=escaped(names[-1]),
        factor=number(query.factor),
        conditions=where,
        t=f"{found['statistic']:.4f}",
        p=_p(found["p"], phrases),
        level=_level(query),
        **{key: number(found[key]) for key in ("difference", "low", "high")},
    )
    method = f"{phrases.say('method.' + found['method'])} (df = {number(found['df'])})"
    assumed = phrases.say(f"how.assumed_{found['method']}")
    return [sentence, _groups_table(result.frame, phrases), phrases.how(query, result, method, assumed)]


def _groups_table(frame: pd.DataFrame, phrases: Phrases) -> str:
    rows = [
        [escaped(str(row["group"])), *(number(row[name]) for name in ("n", "mean", "std"))]
        for row in frame.head(MOST_ROWS).to_dict("records")
    ]
    headers = [phrases.say(f"head.{name}") for name in ("group", "n", "mean", "std")]
    return "\n\n".join([table(headers, rows, [False, True, True, True]), *phrases.cut(frame)])


def anova(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """Whether the means differ between the groups, and the groups in a table."""
    found = result.values
    sentence = phrases.say(
        f"test.anova_{'differs' if found['significant'] else 'same'}",
        column=phrases.names(query.measures),
        groups=phrases.names(query.groups or query.measures),
        conditions=where,
        between=found["df_between"],
        within=found["df_within"],
        f=f"{found['statistic']:.4f}",
        p=_p(found["p"], phrases),
        level=_level(query),
        eta=f"{found['eta_squared'] * 100:.1f}",
    )
    assumed = phrases.say("how.assumed_anova")
    return [sentence, _groups_table(result.frame, phrases), phrases.how(query, result, assumed)]


def chi_square(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """Whether two columns depend on each other, with counts found and expected."""
    found = result.values
    a, b = found["names"]
    sentence = phrases.say(
        f"test.chi_{'differs' if found['significant'] else 'same'}",
        a=escaped(a),
        b=escaped(b),
        conditions=where,
        statistic=f"{found['statistic']:.4f}",
        df=found["df"],
        p=_p(found["p"], phrases),
        level=_level(query),
        v=f"{found['cramers_v']:.3f}",
        n=number(found["n"]),
    )
    rows = [
        [escaped(str(cell)) for cell in row[:2]] + [number(int(row[2])), f"{row[3]:.2f}"]
        for row in result.frame.head(MOST_ROWS).itertuples(index=False)
    ]
    headers = [escaped(a), escaped(b), phrases.say("head.observed"), phrases.say("head.expected")]
    text = "\n\n".join([table(headers, rows, [False, False, True, True]), *phrases.cut(result.frame)])
    more = [phrases.say("how.assumed_chi")]
    if found["yates"]:
        more.append(phrases.say("how.yates"))
    if found["few"] > 0.2:
        more.append(phrases.say("how.few_expected", share=f"{found['few'] * 100:.0f}"))
    return [sentence, text, phrases.how(query, result, *more)]


def regression(query: Query, result: Result, phrases: Phrases, where: str) -> list[str]:
    """The equation and its quality, and the coefficients in a table."""
    found = result.values
    terms = [str(name) for name in result.frame["term"]][1:]
    coefficients = [float(value) for value in result.frame["coefficient"]]
    formula = f"{escaped(found['target'])} = {number(coefficients[0])}" + "".join(
        f" {'−' if value < 0 else '+'} {number(abs(value))} × {escaped(term)}"
        for term, value in zip(terms, coefficients[1:], strict=True)
    )
    sentence = phrases.say(
        "test.regression",
        formula=formula,
        conditions=where,
        r2=f"{found['r2']:.4f}",
        rmse=number(found["rmse"]),
        p=_p(found["p"], phrases),
        n=number(found["n"]),
        significant=_significance(query, found["p"], phrases),
    )
    pieces = [sentence]
    if len(terms) == 1:
        words: dict[str, Any] = {"x": escaped(terms[0]), "y": escaped(found["target"])}
        pieces.append(phrases.say("test.slope", slope=number(coefficients[1]), **words))
    rows = [
        [
            escaped(str(row["term"])) or phrases.say("head.intercept"),
            number(row["coefficient"]),
            number(row["error"]),
            _coefficient(row["t"]),
            _short_p(row["p"]),
        ]
        for row in result.frame.to_dict("records")
    ]
    headers = [phrases.say(f"head.{name}") for name in ("term", "coefficient", "error", "t", "p_short")]
    pieces.append(table(headers, rows, [False, True, True, True, True]))
    return [*pieces, phrases.how(query, result, phrases.say("how.least_squares"))]
