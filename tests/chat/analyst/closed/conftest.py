"""The tables of this folder's questions, made here: a firm's staff, a shop's days and a field's plants."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from chat.analyst import closed
from tests.chat.analyst.closed.asking import ask


def staff() -> pd.DataFrame:
    """150 people with gaps in age and bonus, and a few very high salaries."""
    rng = np.random.default_rng(7)
    rows = 150
    years = rng.integers(0, 30, rows)
    salary = 30_000 + 1_500 * years + rng.normal(0, 4_000, rows)
    salary[[3, 40, 77]] = [190_000, 210_000, 175_000]
    age = np.round(22 + years + rng.normal(3, 2, rows), 0)
    age[rng.choice(rows, 12, replace=False)] = np.nan
    bonus = np.round(rng.gamma(2.0, 900.0, rows), 1)
    bonus[rng.choice(rows, 9, replace=False)] = np.nan
    return pd.DataFrame(
        {
            "EmployeeId": range(1001, 1001 + rows),
            "Name": [f"{title} Kim {number}" for number, title in enumerate(rng.choice(["Mr.", "Ms.", "Dr."], rows))],
            "Gender": rng.choice(["male", "female"], rows),
            "Department": rng.choice(["Sales", "Research", "Legal"], rows, p=[0.5, 0.3, 0.2]),
            "Grade": rng.integers(1, 4, rows),
            "Age": age,
            "YearsExp": years,
            "Salary": np.round(salary, 2),
            "Bonus": bonus,
            "rating_score": np.round(rng.normal(3.2, 0.6, rows), 2),
            "Remote": rng.integers(0, 2, rows),
            "Hired": pd.date_range("2018-01-03", periods=rows, freq="11D").strftime("%Y-%m-%d"),
            "Resigned": rng.integers(0, 2, rows),
        }
    )  # fmt: skip


def shop() -> pd.DataFrame:
    """120 days of a shop: written numbers, clocks, and a duplicated row at the end."""
    rng = np.random.default_rng(11)
    rows = 120
    days = pd.date_range("2023-03-01", periods=rows)
    opening = 100 + np.cumsum(rng.normal(0, 1, rows))
    frame = pd.DataFrame(
        {
            "Date": days.strftime("%Y-%m-%d"),
            "Open Price": np.round(opening, 2),
            "High Price": np.round(opening + rng.gamma(2, 1, rows), 2),
            "Low Price": np.round(opening - rng.gamma(2, 1, rows), 2),
            "Close": np.round(opening + rng.normal(0, 1, rows), 2),
            "Traded Volume": [f"{value:,}" for value in rng.integers(1_000, 90_000, rows)],
            "avg. wait": [
                f"00:{m:02d}:{s:02d}" for m, s in zip(rng.integers(0, 9, rows), rng.integers(0, 60, rows), strict=True)
            ],
            "num. calls abandoned": rng.integers(0, 6, rows),
            "Region": rng.choice(["North", "South", "East Coast"], rows),
            "max_temp_C": np.round(rng.normal(18, 6, rows), 1),
        }
    )
    return pd.concat([frame, frame.tail(1)], ignore_index=True)


def plants() -> pd.DataFrame:
    """90 plants in Korean: 품종, 높이, 무게 and so on."""
    rng = np.random.default_rng(5)
    rows = 90
    height = rng.normal(50, 10, rows)
    weight = 3 * height + rng.normal(0, 12, rows)
    weight[4] = np.nan
    return pd.DataFrame(
        {
            "품종": rng.choice(["장미", "국화", "튤립"], rows), "높이": np.round(height, 1),
            "무게": np.round(weight, 1),
            "잎수": rng.integers(3, 40, rows),
            "심은날": pd.date_range("2024-01-05", periods=rows, freq="4D").strftime("%Y-%m-%d"),
            "지역": rng.choice(["서울", "부산"], rows),
        }
    )  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """Asks about the tables and takes the answers apart."""

    folder: Path

    def frame(self, name: str) -> pd.DataFrame:
        """A table as pandas reads its file."""
        return pd.read_csv(self.folder / f"{name}.csv")

    def answer(self, name: str, question: str, language: str = "en") -> closed.Closed:
        """The whole answer to a question about a table."""
        return ask(self.folder / f"{name}.csv", question, language)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with all tables as files."""
    folder = tmp_path_factory.mktemp("closed")
    for name, frame in (("staff", staff()), ("shop", shop()), ("plants", plants())):
        frame.to_csv(folder / f"{name}.csv", index=False)
    return Desk(folder)
