"""Tables of four kinds, in Korean and English, that questions are understood against."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chat.analyst.reading import read_table
from chat.analyst.tables import Table
from tests.chat.analyst.phrasing import Row, as_csv


def _shop() -> list[Row]:
    """Sales in Korean, the newest on 2024-12-25, two without an amount."""
    regions, products = ("서울", "부산", "대구", "광주"), ("노트북", "마우스", "키보드", "모니터", "스피커")
    return [
        {
            "주문일": f"{datetime(2023, 1, 4) + timedelta(days=6 * i):%Y-%m-%d}",
            "지역": regions[(i * i + i // 3) % 4],
            "제품": products[(i * 7 + i // 5) % 5],
            "매출": "" if i in (17, 58) else 20_000 * (1 + (i * 37) % 61),
            "비용": 9_000 * (1 + (i * 23) % 53),
            "수량": 1 + (i * 11) % 9,
        }
        for i in range(121)
    ]


def _staff() -> list[Row]:
    """Employees in English, each with a name of their own, three of them without a score."""
    given = ("Kim", "Lee", "Park", "Choi", "Jung", "Kang", "Cho", "Yoon", "Jang", "Lim")
    return [
        {
            "employee_id": f"E{i:03d}",
            "name": f"{given[i % 10]} {('Ana', 'Ben', 'Cho', 'Dan', 'Eve', 'Fay')[i // 10]}",
            "department": ("Sales", "IT", "Finance", "HR")[(i * i + i // 7) % 4],
            "city": ("Seoul", "Busan", "Daegu")[(i * 5 + i // 4) % 3],
            "gender": ("F", "M")[(i // 2) % 2],
            "age": 23 + (i * 13) % 38,
            "salary": 30_000 + 500 * ((i * 29) % 97),
            "score": "" if i % 20 == 7 else round(1 + (i * 17) % 41 / 10, 1),
            "hire_date": f"{datetime(2019, 1, 15) + timedelta(days=33 * i):%Y-%m-%d}",
        }
        for i in range(60)
    ]


def _campaign() -> list[Row]:
    """Customers in Korean, with what was spent on advertising to them and whether they bought."""
    return [
        {
            "이름": f"{'김이박최정강조윤장임'[i % 10]}{('철수', '영희', '민수', '지우')[i // 10]}",
            "성별": ("남", "여")[(i * 3 + i // 4) % 2],
            "나이": 20 + (i * 17) % 45,
            "채널": ("검색", "배너", "메일")[(i * 5 + i // 4) % 3],
            "광고비": 1_000 + (i * 311) % 900,
            "매출액": 20_000 + (i * 977) % 7_000,
            "급여": 2_000_000 + 10_000 * ((i * 31) % 57),
            "구매여부": ("Y", "N")[(i * 5 + i // 3) % 2],
            "만족도": "" if i % 13 == 5 else 1 + (i * 7) % 5,
        }
        for i in range(40)
    ]


def _orders() -> list[Row]:
    """Orders in English, to the minute, with a number each."""
    return [
        {
            "order_id": 1001 + i,
            "customer": f"C{i % 12:02d}",
            "product": ("Desk", "Chair", "Lamp", "Shelf")[(i * i) % 4],
            "category": ("Office", "Home")[(i * 3 + i // 5) % 2],
            "price": 15 + (i * 37) % 200,
            "quantity": 1 + (i * 7) % 6,
            "ad_spend": 3 + (i * 13) % 40,
            "ordered_at": f"{datetime(2024, 1, 1, 8) + timedelta(hours=31 * i):%Y-%m-%d %H:%M}",
            "status": ("paid", "shipped", "returned")[(i * 5 + i // 2) % 3],
        }
        for i in range(80)
    ]


def _customers() -> list[Row]:
    """What is known of the customers of the orders."""
    return [
        {"customer": f"C{i:02d}", "segment": ("Gold", "Silver")[i % 2], "country": ("Korea", "Japan", "France")[i % 3]}
        for i in range(12)
    ]


def _products() -> list[Row]:
    """What is known of the products of the shop, called otherwise there."""
    return [
        {"상품명": name, "분류": group, "공급사": maker}
        for name, group, maker in (
            ("노트북", "컴퓨터", "가나전자"),
            ("마우스", "주변기기", "다라상사"),
            ("키보드", "주변기기", "다라상사"),
            ("모니터", "컴퓨터", "가나전자"),
            ("스피커", "음향", "마바음향"),
        )
    ]


TABLES: dict[str, Any] = {
    "shop": _shop,
    "staff": _staff,
    "campaign": _campaign,
    "orders": _orders,
    "customers": _customers,
    "products": _products,
}


def table_called(name: str, folder: Path) -> Table:
    """One of the tables, read from a file in `folder`."""
    path = folder / f"{name}.csv"
    path.write_text(as_csv(TABLES[name]()), encoding="utf-8")
    return read_table(path, path.name)
