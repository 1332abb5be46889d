"""What a cell's text says: its words, its number, its day; the functions also stand in the code of an answer."""

from __future__ import annotations

import re
import unicodedata

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
Moment = tuple[int, int, int]


def tidy(text: str) -> str:
    """A cell with its line breaks as such, where the file wrote them as a backslash and an n."""
    return re.sub(r"\\+n", "\n", text).strip()


def name_of(text: str) -> str:
    """The name that a cell begins with: without what stands below an empty line or in brackets on a line of its own,
    and without the names that it had before."""
    lines = re.split(r"\n\s*\n", text.strip())[0].split("\n")
    kept = [
        line for line in lines[1:] if not re.match(r"\s*(\(.*\)\s*$|(previously|formerly|also known as)\b)", line, re.I)
    ]
    return "\n".join([lines[0], *kept])


def side(text: str, which: int) -> str:
    """The first measure (0) or the second (1) of "792 (241)" or "629 / 192"; any other text as it is."""
    both = re.fullmatch(r"([^()/]*\d[^()/]*?)\s*(?:\(([^()]*\d[^()]*)\)|/\s*([^()/]*\d[^()/]*))\W*", text.strip())
    return text if both is None else both[1] if which == 0 else both[2] or both[3]


def fold(text: str) -> str:
    """The text without case, accents and marks of notes, its dashes and quotes plain."""
    text = unicodedata.normalize("NFKD", text.replace("½", ".5")).casefold()
    text = unicodedata.normalize("NFC", "".join(sign for sign in text if not unicodedata.combining(sign)))
    text = re.sub(r"[‐-―−]", "-", text.replace("’", "'").replace("‘", "'"))
    return re.sub(r"\[[^\]]{1,3}\]|[†‡*§^]", "", text).strip()


def words(text: str) -> list[str]:
    """The words and numbers of a text, plurals and endings aside; "1,234" is one number."""
    found = re.findall(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+(?:st|nd|rd|th|s)\b|\d+|[^\W\d_]+", fold(text))
    return [stem(word.replace(",", "")) for word in found if word != "s"]


def stem(word: str) -> str:
    """An English word without the endings of plurals; others as they are."""
    if not word.isascii() or not word.isalpha() or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def parts(text: str) -> list[list[str]]:
    """The things that a cell names, as words: the whole, without what is in brackets, and each of a list."""
    bare = re.sub(r"\([^)]*\)", " ", text)
    inside = re.findall(r"\(([^)]*)\)", text)
    pieces = [text, bare, *re.split(r"[,;/|\n&]| and | · ", bare), *inside]
    return [found for found in (words(piece) for piece in pieces) if found]


def says(text: str, value: str, whole: bool) -> bool:
    """Whether a cell names a value: as one of its parts (`whole`), or anywhere among its words."""
    wanted = words(value)
    if whole:
        return wanted in parts(text)
    have = words(text)
    return any(have[start : start + len(wanted)] == wanted for start in range(len(have) - len(wanted) + 1))


def number(text: str) -> float | None:
    """The first number of a text; a time ("2:14.5") in its smallest unit written, a height ("6'4\"") in feet, None
    without any."""
    text = re.sub(r"\([^)]*\)", " ", fold(text)) if re.search(r"\d", re.sub(r"\([^)]*\)", " ", text)) else fold(text)
    clock = re.search(r"(?<!\d)(\d+):(\d\d)(?::(\d\d))?(\.\d+)?", text)
    if clock:
        total = int(clock[1]) * 60 + int(clock[2])
        return (total * 60 + int(clock[3]) if clock[3] else total) + float(clock[4] or 0)
    feet = re.match(r"\s*(\d+)\s*(?:['′]|ft|feet)\s*(\d{1,2})\s*(?:[\"″]|''|in\b|inch|$)", text)
    if feet:
        return int(feet[1]) + int(feet[2]) / 12
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text)  # "1 006 422"
    found = re.search(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?|(?<![\w.])-?\.\d+|\d+(?:,\d{3})*(?:\.\d+)?", text)
    if found is None:
        return None
    scale = re.match(r"\s*(million|billion|trillion|만|억|조)(?![a-z가-힣])", text[found.end() :])
    scales = {"million": 1e6, "billion": 1e9, "trillion": 1e12, "만": 1e4, "억": 1e8, "조": 1e12}
    return float(found[0].replace(",", "")) * (scales[scale[1]] if scale else 1)


def year_span(text: str) -> int | None:
    """The years from the first to the last of "1976–2007"; None for anything else."""
    found = re.search(r"(?<!\d)(\d{4})년?\s*[-~]\s*(\d{4}|\d\d)(?!\d)", fold(text))
    if found is None:
        return None
    last = found[2] if len(found[2]) == 4 else found[1][:2] + found[2]
    return int(last) - int(found[1]) if int(last) >= int(found[1]) else None


def moment(text: str) -> Moment | None:
    """The year, month and day that a text tells, 0 for what it leaves out; None without any."""
    text = fold(text)
    day = re.search(r"(?<!\d)(\d{4})\s*[-./년]\s*(\d{1,2})(?:\s*[-./월]\s*(\d{1,2}))?(?!\d)", text)
    if day and 1 <= int(day[2]) <= 12:
        return int(day[1]), int(day[2]), int(day[3] or 0)
    slashed = re.search(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)", text)
    if slashed:
        first, second = int(slashed[1]), int(slashed[2])
        return (int(slashed[3]), second, first) if first > 12 else (int(slashed[3]), first, second)
    korean = re.search(r"(?<!\d)(\d{1,2})월(?:\s*(\d{1,2})일)?", text)
    named = re.search(r"\b(" + "|".join(MONTHS) + r")[a-z]*\b", text)
    year = re.search(r"(?<![\d.,])(1[0-9]\d\d|20\d\d)(?!\d|,\d)", text)
    when = int(year[1]) if year else 0
    if korean:
        return when, int(korean[1]), int(korean[2] or 0)
    if named:
        beside = re.search(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?!\d)", text.replace(year[1] if year else "\0", " "))
        return when, MONTHS.index(named[1]) + 1, int(beside[1]) if beside else 0
    return (when, 0, 0) if when else None
