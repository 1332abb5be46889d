"""Questions that test something: differences between groups, independence, normality, and lines through points."""

from __future__ import annotations

import re
from itertools import pairwise

from chat.analyst.queries import Action, NotClear, Query
from chat.analyst.understanding.rankings import Rankings
from chat.analyst.understanding.sequences import is_korean

_ONTO = re.compile(r"\b(?:on|from|using|with|by|given|against|based)\b|^\s*~")
_OBJECT = re.compile(r"^(?:을|를)")
_MEANS = re.compile(r"^(?:로|으로|만으로)")
_AFFECTED = re.compile(r"^에")


class Tested(Rankings):
    """The reading of a question that may ask for a test or a regression."""

    def tested(self, keys: set[str]) -> Query | None:
        """The test or regression that the question asks for, if any."""
        if "regression" in keys or (keys & {"predict", "influence"} and len(self.measures()) > 1):
            return self._regression()
        if "predict" in keys:
            raise NotClear("too_hard", words=tuple(piece.text for piece in self.pieces if piece.key == "predict"))
        if "normality" in keys:
            return Query("normality", self.needed_measures())
        if "chi_square" in keys:
            return self._independence()
        if "correlation" in keys:
            return self._association()
        if keys & {"t_test", "anova", "significant"}:
            return self._difference(keys)
        return None

    def _association(self) -> Query | None:
        """ "성별과 구매여부가 관련이 있나": of two columns of texts only independence can be tested."""
        texts = self.columns("text")
        return Query("chi_square", groups=texts) if len(texts) == 2 and not self.measures() else None

    def _independence(self) -> Query:
        texts = self.columns("text")
        if len(texts) != 2:
            raise NotClear("which_column", options=tuple(self.table.names("text")[:8]))
        return Query("chi_square", groups=texts)

    def _difference(self, keys: set[str]) -> Query:
        """A t-test of two groups, an analysis of variance of more."""
        measures, groups = self.measures(), self._compared_groups()
        if len(groups) == 2 and not measures and "significant" in keys:
            return Query("chi_square", groups=groups)
        if len(measures) == 2 and not groups and "anova" not in keys:
            return Query("t_test", measures)
        if number := self._hypothetical_mean():
            return Query("t_test", self.needed_measures(), method="one_sample", factor=number)
        if not groups:
            raise NotClear("which_column", options=tuple(self.table.names("text")[:8]))
        measures = self.needed_measures()
        if len(groups) > 1 or len(measures) > 1:
            raise NotClear("too_hard", words=(*groups, *measures))
        action: Action = "t_test" if "anova" not in keys and self._sides(groups[0]) == 2 else "anova"
        if action == "anova" and "t_test" in keys:
            raise NotClear("too_hard", words=groups)
        return Query(action, measures, groups=groups)

    def _hypothetical_mean(self) -> float | None:
        numbers = [piece.number for piece in self.pieces if piece.kind == "number"]
        return numbers[0] if len(numbers) == 1 else None

    def _compared_groups(self) -> tuple[str, ...]:
        """The columns that are named, else that whose values are."""
        named = self.columns("text") or tuple(name for name in self.groups() if self.table.column(name).kind != "text")
        values = tuple(item.column for item in self.filters if item.operator == "in" and len(item.operands) > 1)
        return named or values[:1]

    def _sides(self, group: str) -> int:
        """How many different values of a group the conditions leave."""
        kept = [len(item.operands) for item in self.filters if item.column == group and item.operator == "in"]
        return min([len(self.table.distinct(group)), *kept])

    def _regression(self) -> Query:
        measures = self.measures()
        if len(measures) < 2:
            raise NotClear(
                "needs_number" if not measures else "which_column", options=tuple(self.table.names("number"))
            )
        target = self._explained(measures)
        return Query("regression", (target, *(name for name in measures if name != target)))

    def _explained(self, measures: tuple[str, ...]) -> str:
        """The column that the others shall explain. Raises NotClear when the question doesn't tell which."""
        columns = [piece for piece in self.pieces if piece.kind == "column" and set(piece.columns) & set(measures)]
        names = {id(piece): next(name for name in piece.columns if name in measures) for piece in columns}
        for piece, word in pairwise(self.pieces):
            if word.key == "explained" and id(piece) in names:
                return names[id(piece)]
        korean = any(is_korean(piece) for piece in self.pieces if piece.kind == "word")
        if korean:
            objects = [piece for piece in columns if _OBJECT.match(piece.tail)]
            affected = [piece for piece in columns if _AFFECTED.match(piece.tail)]
            means = {id(piece) for piece in columns if _MEANS.match(piece.tail)}
            rest = [piece for piece in columns if id(piece) not in means]
            for candidates in (objects, affected, rest if means else []):
                if len(candidates) == 1:
                    return names[id(candidates[0])]
            raise NotClear("which_column", options=measures)
        places = {piece.key: number for number, piece in enumerate(self.pieces)}
        onto = [piece for piece in columns if _ONTO.search(f" {piece.tail}")]
        if "influence" in places:
            return names[id(columns[-1])]
        if "predict" in places:
            after = [piece for piece in columns if self.pieces.index(piece) > places["predict"]]
            return names[id((after or columns)[0])]
        if onto:
            return names[id(onto[0])]
        raise NotClear("which_column", options=measures)
