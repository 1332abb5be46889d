"""Clusters by k-means, as a question lays them down: how many there are, how large and how tight."""

from __future__ import annotations

import re

from chat.analyst.closed.plans import Plan
from chat.analyst.closed.problems import NotUnderstood
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.wording import NUMBER_WORDS

_SEED = 42
_MEANS = r"\bk-?\s?means\b|k-?평균"


def cluster_value(plan: Plan, slot: Slot, part: Part) -> str | None:
    """The code of what a place asks about clusters; None when the question wants none."""
    if not plan.problem.says(_MEANS):
        return None
    words = " ".join([*slot.words, part.says.casefold()])
    if re.search(r"inertia|within[- ]cluster|wcss", words):
        return plan.show(f"{_fitted(plan)[0]}.inertia_", part)
    if re.search(r"silhouette|실루엣", words):
        model, data = _fitted(plan)
        plan.problem.script.import_once("from sklearn.metrics import silhouette_score")
        return plan.show(f"silhouette_score({data}, {model}.labels_)", part)
    side = re.search(r"(largest|biggest|가장 큰)|(smallest|가장 작은)", f"{words} {plan.problem.low}")
    if side and re.search(r"size|count|number|how many|개수|크기|수$", f"{words} {plan.problem.low}"):
        return plan.show(f"np.bincount({_fitted(plan)[0]}.labels_).{'max' if side[1] else 'min'}()", part, whole=True)
    raise NotUnderstood(slot.name)


def _fitted(plan: Plan) -> tuple[str, str]:
    """The variables of the fitted model and of the rows that it was fitted on."""
    problem, script = plan.problem, plan.problem.script
    number = "|".join(word for word in NUMBER_WORDS if word.isalpha())
    found = re.search(
        rf"n_clusters\s*=?\s*(\d+)|\bk\s*=\s*(\d+)|(\d+|{number})\s+clusters|(\d+)\s*개의?\s*(?:군집|클러스터)",
        problem.low,
    )
    about = [one for one in problem.sentences if re.search(rf"{_MEANS}|cluster|군집", one, re.I)]
    columns = [c for one in about for c in problem.columns_in(one, at_least=45) if problem.is_numeric(c)]
    if not found or not columns:
        raise NotUnderstood("k-means")
    said = next(group for group in found.groups() if group)
    if plan.facts.seed is None:
        problem.remarks.append("seed")
    times = re.search(r"n_init\s*(?:=|of)?\s*(\d+)", problem.low)
    settings = [f"n_clusters={int(NUMBER_WORDS.get(said, said))}"]
    settings += [f"random_state={_SEED if plan.facts.seed is None else plan.facts.seed}"]
    settings += [f"n_init={int(times[1])}"] if times else []
    names = ", ".join(problem.number(column) for column in dict.fromkeys(columns))
    data = script.let("data", f"df[[{names}]].dropna()")
    script.import_once("from sklearn.cluster import KMeans")
    return script.let("model", f"KMeans({', '.join(settings)}).fit({data})"), data
