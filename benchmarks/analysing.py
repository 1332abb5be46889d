"""How fast questions about a file are answered, against plain pandas and plain DuckDB on the same file.

By hand: `python benchmarks/analysing.py [--sizes 1 10 100] [--runs 3]`. README.md says what is measured.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from figures import middle, table
from reading import write_file

ROOT = Path(__file__).resolve().parents[1]
SIZES = (1, 10, 100)
# What is asked, and the same for those who write it themselves; "{data}" is the file.
QUESTIONS = (
    ("금액의 합계는?", "d['금액'].sum()", 'SELECT sum("금액") FROM {data}'),
    ("What is the median of 금액?", "d['금액'].median()", 'SELECT median("금액") FROM {data}'),
    (
        "금액이 50000보다 큰 행은 몇 개?",
        "(d['금액'] > 50000).sum()",
        'SELECT count(*) FROM {data} WHERE "금액" > 50000',
    ),
    (
        "부산의 2023년 금액 평균은?",
        "d[(d['지역'] == '부산') & d['날짜'].str.startswith('2023')]['금액'].mean()",
        'SELECT avg("금액") FROM {data} WHERE "지역" = \'부산\' AND year("날짜"::DATE) = 2023',
    ),
    (
        "지역별 금액 합계",
        "d.groupby('지역')['금액'].sum().sort_values(ascending=False)",
        'SELECT "지역", sum("금액") AS s FROM {data} GROUP BY 1 ORDER BY s DESC',
    ),
    (
        "메일별 금액 합계 상위 10개",
        "d.groupby('메일')['금액'].sum().nlargest(10)",
        'SELECT "메일", sum("금액") AS s FROM {data} GROUP BY 1 ORDER BY s DESC LIMIT 10',
    ),
    (
        "월별 금액 추이",
        "d.groupby(d['날짜'].str[:7])['금액'].sum()",
        'SELECT date_trunc(\'month\', "날짜"::DATE) AS m, sum("금액") FROM {data} GROUP BY 1 ORDER BY 1',
    ),
    ("Correlation of 수량 and 금액", "d['수량'].corr(d['금액'])", 'SELECT corr("수량", "금액") FROM {data}'),
    ("제품은 몇 종류야?", "d['제품'].nunique()", 'SELECT count(DISTINCT "제품") FROM {data}'),
    (
        "금액이 가장 큰 10개 행을 보여줘",
        "d.nlargest(10, '금액')",
        'SELECT * FROM {data} ORDER BY "금액" DESC LIMIT 10',
    ),
)
# Each is asked in a process of its own that is warm: it has answered about another file before.
OURS = """
import json, sys, time
from chat.analyst.jobs import answer_job, card_job
path, small, kept = sys.argv[1:4]
questions = json.loads(sys.argv[4])
def ask(question, file):
    start, cpu = time.perf_counter(), time.process_time()
    result = answer_job({"files": [file], "question": question, "language": "ko"}, lambda step: None)
    assert result["work"], (question, result["pieces"])
    return time.perf_counter() - start, time.process_time() - cpu
for question in questions:
    ask(question, {"path": small, "name": "small.csv"})
file = {"path": path, "name": "sales.csv", "table": kept}
card_job(file, lambda step: None)
print(json.dumps([ask(question, file) for question in questions]))
"""
PLAIN = """
import json, sys, time
import duckdb, pandas
path, questions = sys.argv[1], json.loads(sys.argv[2])
def timed(run):
    start, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - start, time.process_time() - cpu
"""
PANDAS = f"""{PLAIN}
print(json.dumps([timed(lambda: eval(code, {{"d": pandas.read_csv(path)}})) for code in questions]))
"""
DUCKDB = f"""{PLAIN}
source = f"read_csv('{{path}}')"
run = lambda sql: duckdb.connect().execute(sql.replace("{{data}}", source)).fetchall()
print(json.dumps([timed(lambda: run(sql)) for sql in questions]))
"""
Times = list[tuple[float, float]]


def measured(code: str, *arguments: str) -> Times:
    """Seconds and CPU seconds of each question."""
    command = [sys.executable, "-X", "utf8", "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    times: Times = json.loads(done.stdout)
    return times


def main() -> None:
    """Ask all ways on every size, by turns, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="MB")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    asked, codes, statements = (json.dumps(column, ensure_ascii=False) for column in zip(*QUESTIONS, strict=True))
    lines: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = folder / "small.csv"
        write_file(small, 1)
        for size in options.sizes:
            path = folder / f"{size}.csv"
            write_file(path, size)
            runs: dict[str, list[Times]] = {"ours": [], "pandas": [], "duckdb": []}
            for _ in range(options.runs):
                kept = folder / "kept.parquet"
                runs["ours"].append(measured(OURS, str(path), str(small), str(kept), asked))
                runs["pandas"].append(measured(PANDAS, str(path), codes))
                runs["duckdb"].append(measured(DUCKDB, path.as_posix(), statements))
            lines += report(size, runs)
    print(table(("size", "question", "answer", "CPU", "pandas CPU", "DuckDB CPU", "/ pandas", "/ DuckDB"), lines))


def report(size: int, runs: dict[str, list[Times]]) -> list[tuple[str, ...]]:
    """A line for each question: medians, and ratios of CPU time to the two others of the same run."""
    lines = []
    for number, (question, _, _) in enumerate(QUESTIONS):
        cpu = {way: middle([times[number][1] for times in all_times]) for way, all_times in runs.items()}
        lines.append(
            (
                f"{size} MB",
                question,
                f"{middle([times[number][0] for times in runs['ours']]):.2f} s",
                f"{cpu['ours']:.2f} s",
                f"{cpu['pandas']:.2f} s",
                f"{cpu['duckdb']:.2f} s",
                f"{cpu['ours'] / cpu['pandas']:.1f}×",
                f"{cpu['ours'] / cpu['duckdb']:.1f}×",
            )
        )
    return lines


if __name__ == "__main__":
    main()
