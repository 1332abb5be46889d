"""How fast files are read and how much memory it takes, against plain pandas and plain DuckDB on the same files.

By hand: `python benchmarks/reading.py [--sizes 1 10 100] [--runs 3]`, on Linux. README.md says what is measured.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from figures import middle, table

ROOT = Path(__file__).resolve().parents[1]
SIZES = (1, 10, 100)
MB = 1_000_000
# Each is measured in a process of its own: seconds without the imports, memory above what the imports take.
MEASURE = """
import json, resource, sys, time
from pathlib import Path
path = Path(sys.argv[1])
{imports}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
rows = {run}
seconds = time.perf_counter() - start
memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
print(json.dumps([seconds, memory, rows]))
"""
WAYS = {
    "pandas": ("import pandas", "len(pandas.read_csv(path))"),
    "DuckDB": (
        "import duckdb",
        "duckdb.connect().execute(f\"CREATE TABLE t AS FROM read_csv('{path}')\").fetchone()[0]",
    ),
    "table": ("from chat.analyst.reading import read_table", "len(read_table(path, path.name).frame)"),
    "card and table": ("from chat.analyst.reading import read", "read(path, path.name).card.rows"),
}


def write_file(path: Path, megabytes: int) -> int:
    """Write sales of about so many MB: a key, dates, words, numbers, quoted commas, addresses; the number of rows."""
    random.seed(megabytes)
    towns = ["서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종"]
    rows, size = 0, 0
    with path.open("w", encoding="utf-8", newline="") as file:
        size += file.write("번호,날짜,지역,제품,수량,금액,상태,메일\n")
        while size < megabytes * MB:
            rows += 1
            line = (
                f"{rows},{random.randint(2020, 2024)}-{random.randint(1, 12):02}-{random.randint(1, 28):02},"
                f"{random.choice(towns)},제품 {random.randint(1, 500)},{random.randint(1, 100)},"
                f'{random.uniform(1, 99999):.2f},"{random.choice(["예, 확인", "아니오", "보류"])}",'
                f"customer{random.randint(1, 99999)}@example.com\n"
            )
            size += len(line.encode())
            file.write(line)
    return rows


def measured(way: str, path: Path) -> tuple[float, float, int]:
    """Seconds, MB and rows of one reading."""
    imports, run = WAYS[way]
    code = MEASURE.format(imports=imports, run=run)
    done = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, memory, rows = json.loads(done.stdout)
    return seconds, memory, rows


def main() -> None:
    """Measure every way on every size, by turns, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="MB")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            path = Path(folder) / f"{size}.csv"
            rows = write_file(path, size)
            found: dict[str, list[tuple[float, float, int]]] = {way: [] for way in WAYS}
            for _ in range(options.runs):
                for way, measurements in found.items():
                    measurements.append(measured(way, path))
                    if measurements[-1][2] != rows:
                        raise SystemExit(f"{way} read {measurements[-1][2]} of {rows} rows")
            lines += report(size, found)
    print(table(("size", "read by", "seconds", "/ pandas", "/ DuckDB", "memory", "/ pandas", "/ DuckDB"), lines))


def report(size: int, found: dict[str, list[tuple[float, float, int]]]) -> list[tuple[str, ...]]:
    """A line for each way: medians, and ratios to the two others of the same run."""
    seconds = {way: middle([one[0] for one in runs]) for way, runs in found.items()}
    memory = {way: middle([one[1] for one in runs]) for way, runs in found.items()}
    return [
        (
            f"{size} MB",
            way,
            f"{seconds[way]:.2f} s",
            f"{seconds[way] / seconds['pandas']:.1f}×",
            f"{seconds[way] / seconds['DuckDB']:.1f}×",
            f"{memory[way]:.0f} MB",
            f"{memory[way] / memory['pandas']:.1f}×",
            f"{memory[way] / memory['DuckDB']:.1f}×",
        )
        for way in found
    ]


if __name__ == "__main__":
    main()
