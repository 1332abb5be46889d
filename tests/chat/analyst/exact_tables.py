"""The tables that exact answers are asked of: made by a seeded generator, with gaps, in files of several dialects."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pandas as pd


def sales() -> pd.DataFrame:
    """400 sales of a Korean company over two years; some amounts and one region are missing."""
    chance = random.Random(11)
    rows = []
    for number in range(400):
        day = date(2023, 1, 1) + timedelta(days=chance.randrange(730))
        region = chance.choice(["서울", "부산", "대구", "인천", "광주"])
        product = chance.choice(["노트북", "모니터", "키보드", "마우스"])
        quantity = chance.randint(1, 20)
        price = {"노트북": 1200, "모니터": 350, "키보드": 80, "마우스": 25}[product]
        amount = None if number % 57 == 5 else quantity * price
        cost = round(quantity * price * chance.uniform(0.5, 0.9), 1)
        seller = chance.choice(["김하늘", "이바다", "박산들", "최누리"])
        rows.append((f"S{1000 + number}", day, region, product, seller, quantity, amount, cost))
    frame = pd.DataFrame(rows, columns=["주문번호", "주문일", "지역", "제품", "담당자", "수량", "매출", "비용"])
    frame.loc[7, "지역"] = None
    frame["주문일"] = pd.to_datetime(frame["주문일"])
    return frame


def staff() -> pd.DataFrame:
    """250 employees; the salary grows with the years, and a few are far outside."""
    chance = random.Random(23)
    rows = []
    for number in range(250):
        years = chance.randint(0, 30)
        gender = chance.choice(["male", "female"])
        department = chance.choice(["Sales", "Engineering", "Finance", "Support"])
        salary = round(30000 + 1500 * years + (2500 if gender == "male" else 0) + chance.gauss(0, 6000), 2)
        if number in (17, 90):
            salary *= 4
        age = None if number % 61 == 9 else 22 + years + chance.randint(0, 12)
        hired = date(2024, 6, 30) - timedelta(days=365 * years + chance.randrange(365))
        rows.append(
            (f"Person {number:03}", department, gender, age, years, salary, chance.choice(["yes", "no"]), hired)
        )
    frame = pd.DataFrame(rows, columns=["Name", "Department", "Gender", "Age", "Years", "Salary", "Remote", "Hired"])
    frame["Hired"] = pd.to_datetime(frame["Hired"])
    return frame


def weather() -> pd.DataFrame:
    """Daily weather of two stations in 2024; rain is mostly nothing."""
    chance = random.Random(37)
    rows = []
    for offset in range(366):
        day = date(2024, 1, 1) + timedelta(days=offset)
        for station in ("North", "South"):
            season = -abs(offset - 200) / 10
            temperature = round(25 + season + (3 if station == "South" else 0) + chance.gauss(0, 3), 1)
            humidity = None if chance.random() < 0.03 else chance.randint(30, 95)
            rain = round(chance.expovariate(0.2), 1) if chance.random() < 0.3 else 0.0
            rows.append((day, station, temperature, humidity, rain))
    frame = pd.DataFrame(rows, columns=["date", "station", "temperature", "humidity", "rainfall"])
    frame["date"] = pd.to_datetime(frame["date"])
    return frame


def customers() -> pd.DataFrame:
    """180 customers of a survey."""
    chance = random.Random(41)
    rows = []
    for number in range(180):
        grade = chance.choices(["VIP", "골드", "실버", "일반"], [1, 2, 4, 6])[0]
        score = min(5, max(1, round(chance.gauss({"VIP": 4.3, "골드": 3.9, "실버": 3.3, "일반": 2.9}[grade], 0.8))))
        bought = "예" if chance.random() < 0.15 + 0.15 * score else "아니오"
        age = None if number % 40 == 3 else chance.randint(19, 72)
        joined = date(2021, 1, 1) + timedelta(days=chance.randrange(1200))
        rows.append((f"C{number:04}", chance.choice(["남", "여"]), age, grade, score, bought, joined))
    columns = ["고객번호", "성별", "연령", "등급", "만족도", "구매여부", "가입일"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["가입일"] = pd.to_datetime(frame["가입일"])
    return frame


FRAMES = {"sales": sales(), "staff": staff(), "weather": weather(), "customers": customers()}
FILES = {
    "sales": ("매출.csv", FRAMES["sales"].to_csv(index=False, date_format="%Y-%m-%d").encode("cp949")),
    "staff": ("staff.csv", FRAMES["staff"].to_csv(index=False, sep=";", date_format="%d.%m.%Y").encode()),
    "weather": ("weather.tsv", FRAMES["weather"].to_csv(index=False, sep="\t", date_format="%Y-%m-%d").encode()),
    "customers": ("설문.csv", FRAMES["customers"].to_csv(index=False, date_format="%Y/%m/%d").encode("utf-8-sig")),
}
