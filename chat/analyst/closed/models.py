"""Models of the usual kinds, fitted with scikit-learn on the split that a question lays down."""

from __future__ import annotations

import re

from chat.analyst.closed.plans import Plan
from chat.analyst.closed.problems import NotUnderstood
from chat.analyst.closed.scopes import subset
from chat.analyst.closed.slots import Part, Slot

_SEED, _TEST_SIZE = 42, 0.2
_KINDS = (
    (r"logistic regression|로지스틱", "linear_model", "LogisticRegression", "classifier"),
    (r"random forest regress", "ensemble", "RandomForestRegressor", "regressor"),
    (r"random forest|랜덤\s*포레스트", "ensemble", "RandomForestClassifier", "either"),
    (r"gradient boosting", "ensemble", "GradientBoostingClassifier", "either"),
    (r"decision tree regress", "tree", "DecisionTreeRegressor", "regressor"),
    (r"decision tree|의사\s*결정\s*(?:나무|트리)", "tree", "DecisionTreeClassifier", "either"),
    (r"k-?nearest|knn|최근접", "neighbors", "KNeighborsClassifier", "either"),
    (r"\bridge\b", "linear_model", "Ridge", "regressor"),
    (r"\blasso\b", "linear_model", "Lasso", "regressor"),
    (r"naive bayes", "naive_bayes", "GaussianNB", "classifier"),
    (r"support vector|\bsvm\b", "svm", "SVC", "either"),
    (r"linear regression|regression|선형\s*회귀|회귀", "linear_model", "LinearRegression", "regressor"),
)  # fmt: skip
_REGRESSORS = {
    "RandomForestClassifier": "RandomForestRegressor", "DecisionTreeClassifier": "DecisionTreeRegressor",
    "KNeighborsClassifier": "KNeighborsRegressor", "GradientBoostingClassifier": "GradientBoostingRegressor",
    "SVC": "SVR",
}  # fmt: skip
_TARGET = (
    r"regression (?:model )?of\s+(.{2,60}?)\s+(?:on|against)\s",
    r"\bregress\s+(.{2,60}?)\s+on\s",
    r"predict(?:ing|s)?\s+(?:the\s+|whether\s+|number of\s+)*(.{2,90}?)(?:\s+based on|\s+using|"
    r"\s+from|\s+with|\s+by|[.,\n(]|$)",
    r"(?:target|dependent|output|outcome)(?:\s+or target)?\s+variable[^.\n]{0,30}?(?:is|:|"
    r"should be|for the prediction should be)\s+(.{2,80}?)(?:[.\n]|$)",
    r"where\s+(.{2,40}?)\s+is the (?:dependent|target)",
    r"(.{2,40}?)\s+as the (?:output|target|dependent)",
    r"([\w가-힣 ]{1,30}?)[을를]\s*예측",
)
_INPUTS = (
    r"regression (?:model )?of\s+[^.\n]{2,60}?\s+(?:on|against)\s+([^\n]{2,200}?)(?:\s+using|\.\s|\n|\.$|$)",
    r"based on\s+(?:the\s+)?(?:following\s+)?(?:features?|variables?|columns?)?:?\s*(.{3,"
    r"400}?)(?:\.\s|\n\n|\.$|split|train|use |$)",
    r"(?:using|from|features?)\s+(?:the\s+)?((?:(?!\.\s|\.,|\n\n).){3,300}?)\s+(?:as (?:the )?(?:features|"
    r"predictors|independent|inputs)|columns)",
    r"(?:independent|predictor|input|explanatory)\s+variables?[^\n.]{0,30}?(?:are|is|:|should "
    r"be)\s+(.{3,200}?)(?:,? and the target|[.\n]|$)",
    r"(.{3,80}?)\s+(?:are|is|as) the (?:independent|predictor|input)",
    r"using\s+(.{3,200}?)\s+as predictors",
    r"predict\w*\s+[^.\n]{2,90}?\s+(?:from|by|with)\s+([^.\n]{3,200}?)(?:\.\s|\n|\.$|$)",
    r"\bregress\s+[^.\n]{2,60}?\s+on\s+([^\n]{2,200}?)(?:\s+using|\.\s|\n|\.$|$)",
    r"(.{2,120}?)[을를](?:\s*\S+){0,3}\s*(?:이용|사용|바탕|입력)|(.{2,120}?)(?:으로|로)\s*\S+[을를]\s*예측",
)


def kind_of(plan: Plan) -> tuple[str, str, str] | None:
    """A question's model: its module, its class and whether it is a "classifier", a "regressor" or "either"."""
    for pattern, module, name, kind in _KINDS:
        if plan.problem.says(pattern):
            return module, name, kind
    return None


def target_and_inputs(plan: Plan) -> tuple[str, list[str]]:
    """The column that a model predicts and those that it predicts from."""
    problem = plan.problem
    body = re.sub(r"\n\s*\d+[.)]\s+", ", ", re.sub(r"[ \t]+", " ", problem.body))
    known = set(map(str, problem.frame.columns)) | {one.name for one in problem.features}
    target: str | None = None
    inputs: list[str] = []
    for pattern in _TARGET:
        for found in re.finditer(pattern, body, re.I):
            columns = [c for c in problem.columns_in(found[1], at_least=40) if c in known]
            named = re.match(r"\(([^()\n]{1,40})\)", body[found.end() - 1 :])  # `highway mileage (MPG.highway)`
            columns = (
                [c for c in problem.columns_in(named[1], at_least=75) if c in known]
                if named and not columns
                else columns
            )
            if columns and target is None:
                target = columns[-1] if "as the" in pattern or "예측" in pattern else columns[0]
    for pattern in _INPUTS:
        for found in re.finditer(pattern, body, re.I | re.S):
            said = next(group for group in found.groups() if group)
            columns = [c for c in problem.columns_in(said, at_least=40) if c in known and c != target]
            if len(columns) > len(inputs):
                inputs = columns
    relation = re.search(r"relationship between|linear regression", body, re.I)
    mentioned = [c for c in plan.mentioned(numeric=False) if c in known]
    if target is None and relation and len(mentioned) == 2:
        return mentioned[1], [mentioned[0]]
    if target is not None and not inputs:
        inputs = [c for c in mentioned if c != target]
    made = [one.name for one in problem.features if one.name != target]
    if made and re.search(r"using (?:the|this) new feature", body, re.I):
        inputs = made
    if target is None or not inputs:
        raise NotUnderstood("model")
    return target, inputs


def _rows(plan: Plan) -> str:
    """The variable that holds the rows that the question chooses."""
    return subset(plan.problem, "df", plan.conditions)


def _matrix(plan: Plan, target: str, inputs: list[str]) -> tuple[str, str]:
    """The variables of the inputs and of the target; words become numbers."""
    problem, script = plan.problem, plan.problem.script
    texts = [c for c in inputs if problem.kind(c) == "text"]
    for column in [*inputs, target]:
        if problem.kind(column) in ("written", "clock"):
            problem.number(column)
    names = [*inputs, target]
    data = script.let("data", f"{_rows(plan)}[{names!r}].dropna()")
    x = f"{data}[{inputs!r}]"
    if texts and problem.says(r"one[- ]?hot|get_dummies|원[- ]?핫"):
        x = f"pd.get_dummies({x}, columns={texts!r})"
    elif texts:
        x = f"{x}.apply(lambda c: c if c.dtype.kind in 'biuf' else c.astype('category').cat.codes)"
    return script.let("x", x), script.let("y", f"{data}[{target!r}]")


def fitted(plan: Plan, inputs: list[str] | None = None) -> tuple[str, str, str, str]:
    """The variables of a fitted model, of its test inputs and target, and of what it predicts for them."""
    kind = kind_of(plan)
    if kind is None:
        raise NotUnderstood("model")
    problem, script, facts = plan.problem, plan.problem.script, plan.facts
    target, own = target_and_inputs(plan)
    x, y = _matrix(plan, target, inputs or own)
    seed, size = facts.seed, facts.test_size
    if seed is None:
        problem.remarks.append("seed")
    if size is None:
        problem.remarks.append("test_size")
    state = _SEED if seed is None else seed
    split = f"train_test_split({x}, {y}, test_size={round(size or _TEST_SIZE, 4)!r}, random_state={state})"
    key = f"{split} {kind}"
    known = script.known(key)
    if known:
        return known[0], known[1], known[2], known[3]
    module, name, model_kind = kind
    if model_kind == "either" and _is_regression(plan, target):
        name = _REGRESSORS[name]
    model, x_train, x_test, y_train, y_test, predicted = (
        script.name(hint) for hint in ("model", "x_train", "x_test", "y_train", "y_test", "predicted")
    )
    script.lines.append("from sklearn.model_selection import train_test_split")
    script.lines.append(f"from sklearn.{module} import {name}")
    script.lines.append(f"{x_train}, {x_test}, {y_train}, {y_test} = {split}")
    if problem.says(r"standardiz|standardis|standardscaler|표준화"):
        script.lines += [
            "from sklearn.preprocessing import StandardScaler", "scaler = StandardScaler()",
            f"{x_train}, {x_test} = scaler.fit_transform({x_train}), scaler.transform({x_test})",
        ]  # fmt: skip
    script.lines.append(f"{model} = {name}({_settings(plan, name, state)})")
    script.lines.append(f"{model}.fit({x_train}, {y_train})")
    script.lines.append(f"{predicted} = {model}.predict({x_test})")
    script.remember(key, (model, x_test, y_test, predicted))
    return model, x_test, y_test, predicted


def _is_regression(plan: Plan, target: str) -> bool:
    if plan.problem.says(r"classif|accuracy|분류|정확도"):
        return False
    return plan.problem.is_numeric(target)


def _settings(plan: Plan, name: str, state: int) -> str:
    low, settings = plan.problem.low, []
    trees = re.search(r"(\d+)\s*(?:trees|estimators)|n_estimators\s*(?:=|of|to)?\s*(\d+)", low)
    depth = re.search(r"max(?:imum)?[_ ]depth\s*(?:=|of|to|is|as)?\s*(?:to\s*)?(\d+)", low)
    near = re.search(r"(?:\bk\s*=\s*|n_neighbors\s*=?\s*)(\d+)", low)
    if "Forest" in name and trees:
        settings.append(f"n_estimators={int(trees[1] or trees[2])}")
    if re.search("Forest|Tree", name):
        settings += [f"max_depth={int(depth[1])}"] if depth else []
        settings.append(f"random_state={state}")
    if name.startswith("KNeighbors") and near:
        settings.append(f"n_neighbors={int(near[1])}")
    if name == "LogisticRegression":
        solver = re.search(r"liblinear|lbfgs|saga|newton-cg", low)
        settings += [f"solver={solver[0]!r}"] if solver else []
        settings += (
            ["class_weight='balanced'"] if re.search(r"balanc\w* (?:the )?class weights?|class_weight", low) else []
        )
        limit = re.search(r"max_iter\s*(?:=|of|to)?\s*(\d+)", low)
        settings += [f"max_iter={int(limit[1])}"] if limit else []
        settings += [f"random_state={state}"] if re.search("building the model|random state", low) and solver else []
    return ", ".join(settings)


def metric(plan: Plan, slot: Slot, part: Part, measure: str) -> str:
    """How good a model is, or one of its coefficients."""
    problem, script = plan.problem, plan.problem.script
    if measure in ("slope", "intercept") or (
        measure == "r2" and not problem.says(r"test(?:ing)? set|\bsplit|\btrain|학습|훈련|테스트|분할")
    ):
        if measure == "r2":
            return plan.show(r_squared(plan), part)
        coefficients, _, names = least_squares(plan)
        place = 0 if measure == "intercept" else 1 + _input_of(plan, slot, names)
        return plan.show(f"{coefficients}[{place}]", part)
    inputs = None
    if re.search(r"original|without|baseline", slot.name) and problem.features:
        made = {one.name for one in problem.features}
        inputs = [c for c in target_and_inputs(plan)[1] if c not in made] or _other_numbers(plan)
    elif problem.features and re.search("feature", slot.name) and problem.says("improves"):
        inputs = [*_other_numbers(plan), problem.features[-1].name]
    model, x_test, y_test, predicted = fitted(plan, inputs)
    functions = {
        "mse": "mean_squared_error", "mae": "mean_absolute_error", "r2": "r2_score", "accuracy": "accuracy_score",
        "f1": "f1_score", "precision": "precision_score", "recall": "recall_score", "auc": "roc_auc_score",
    }  # fmt: skip
    percent = " * 100" if re.search(r"percentage|between 0 and 100", part.says) else ""
    if (measure == "accuracy" and (kind_of(plan) or ("", "", ""))[2] == "regressor") or (
        measure == "accuracy" and _predicts_numbers(plan)
    ):
        if problem.says(r"classif|survived or not|whether"):
            predicted = f"({predicted} >= 0.5).astype(int)"
        else:
            return plan.show(f"{model}.score({x_test}, {y_test}){percent}", part)
    name = functions["mse" if measure == "rmse" else measure]
    script.import_once(f"from sklearn.metrics import {name}")
    code = f"{name}({y_test}, {predicted})"
    return plan.show(f"np.sqrt({code})" if measure == "rmse" else f"{code}{percent}", part)


def _predicts_numbers(plan: Plan) -> bool:
    return bool(kind_of(plan) and kind_of(plan)[2] == "either" and _is_regression(plan, target_and_inputs(plan)[0]))  # type: ignore[index]


def _other_numbers(plan: Plan) -> list[str]:
    target, _ = target_and_inputs(plan)
    return [c for c in map(str, plan.problem.frame.columns) if plan.problem.kind(c) == "number" and c != target]


def least_squares(plan: Plan) -> tuple[str, str, list[str]]:
    """The variables of a linear model's coefficients, the intercept first, its p values, and its inputs."""
    problem, script = plan.problem, plan.problem.script
    target, inputs = target_and_inputs(plan)
    names = [*inputs, target]
    for column in names:
        problem.number(column)
    data = script.let("data", f"{_rows(plan)}[{names!r}].dropna()")
    matrix = script.let("matrix", f"np.column_stack([np.ones(len({data})), {data}[{inputs!r}].astype(float)])")
    y = script.let("y", f"{data}[{target!r}].astype(float).to_numpy()")
    coefficients = script.let("coefficients", f"np.linalg.lstsq({matrix}, {y}, rcond=None)[0]")
    free = f"(len({y}) - {len(inputs) + 1})"
    variance = script.let("variance", f"(({y} - {matrix} @ {coefficients}) ** 2).sum() / {free}")
    errors = script.let(
        "errors",
        f"np.sqrt(variance * np.diag(np.linalg.pinv({matrix}.T @ {matrix})))".replace("variance *", f"{variance} *"),
    )
    return coefficients, script.let("p_values", f"2 * stats.t.sf(np.abs({coefficients} / {errors}), {free})"), inputs


def r_squared(plan: Plan) -> str:
    """The code of a linear model's R² over all rows."""
    coefficients, _, inputs = least_squares(plan)
    script = plan.problem.script
    target = target_and_inputs(plan)[0]
    data = script.let("data", f"{_rows(plan)}[{[*inputs, target]!r}].dropna()")
    matrix = script.let("matrix", f"np.column_stack([np.ones(len({data})), {data}[{inputs!r}].astype(float)])")
    y = script.let("y", f"{data}[{target!r}].astype(float).to_numpy()")
    return script.let(
        "r_squared", f"1 - (({y} - {matrix} @ {coefficients}) ** 2).sum() / (({y} - {y}.mean()) ** 2).sum()"
    )


def _input_of(plan: Plan, slot: Slot, inputs: list[str]) -> int:
    named = [c for c in plan.problem.columns_in(" ".join(slot.words)) if c in inputs]
    if named:
        return inputs.index(named[0])
    if len(inputs) == 1:
        return 0
    raise NotUnderstood(slot.name)


def significance(plan: Plan, slot: Slot, positive: str, negative: str) -> str:
    """Whether a predictor of a linear model matters; for several predictors, a word for each."""
    if kind_of(plan) is None:
        raise NotUnderstood(slot.name)
    _, p_values, inputs = least_squares(plan)
    place = 1 + _input_of(plan, slot, inputs)
    return f"shown({positive!r} if {p_values}[{place}] < {plan.facts.alpha!r} else {negative!r})"


def predicts(plan: Plan, slot: Slot) -> bool:
    """Whether a place asks what a model predicts for one row."""
    return bool(re.search(r"predicted|예측값", " ".join(slot.words)) and kind_of(plan))


def prediction(plan: Plan, slot: Slot, part: Part) -> str:
    """What a model predicts for given inputs: `the salary for 10 years of experience`."""
    inputs = target_and_inputs(plan)[1]
    found = re.search(r"(?:for|when|where|with|at)\s+[^.\n]{0,60}?([-+]?\d+(?:\.\d+)?)", plan.problem.low)
    if len(inputs) != 1 or not found:
        raise NotUnderstood(slot.name)
    coefficients, _, _ = least_squares(plan)
    return plan.show(f"{coefficients}[0] + {coefficients}[1] * {float(found[1])!r}", part)


def correlates_predictions(plan: Plan) -> bool:
    """Whether the question correlates what a model predicts with what is."""
    return plan.problem.says(r"correlation[^.\n]{0,60}between the predicted and")


def predicted_correlation(plan: Plan, part: Part) -> str:
    """The correlation of predicted and actual values in the test set."""
    _, _, y_test, predicted = fitted(plan)
    return plan.show(f"stats.pearsonr({y_test}, {predicted})[0]", part)


def feature_rank(plan: Plan, slot: Slot) -> str | None:
    """The n-th most important input of a model."""
    found = re.search(r"feature_?(\d)", slot.name)
    if not found or kind_of(plan) is None or not plan.problem.says(r"importan|contribut"):
        return None
    model, _, _, _ = fitted(plan)
    _, inputs = target_and_inputs(plan)
    return f"shown(sorted(zip({model}.feature_importances_, {inputs!r}), reverse=True)[{int(found[1]) - 1}][1])"
