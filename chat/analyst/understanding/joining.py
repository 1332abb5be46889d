"""Takes the words that join files out of a question: "고객.csv와 결합해서", "join with customers on id, then"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from chat.analyst.queries import NotClear
from chat.analyst.tables import Table

_ENDING = r"\.(?:csv|tsv|txt|xlsx?|xlsm|xlsb|ods|json|jsonl|parquet|xml|html?)"
_IS_FILE = r"(?:\s?(?:파일|표|테이블|데이터|시트|엑셀|files?|tables?|sheets?|data|dataset))"
_END = r"(?![A-Za-z0-9_])"
_ALL = re.compile(
    r"(?:두|양쪽)\s?(?:개의?\s?)?(?:파일|표|테이블|데이터|시트)(?:들)?|(?:모든|다른|나머지)\s?(?:파일|테이블)(?:들)?"
    r"|(?:(?:all|both)\s(?:of\s)?)?(?:the\s|these\s|my\s)?"
    r"(?:(?:two\s|both\s)?(?:files|tables|datasets|sheets)|other\s(?:file|table|dataset|sheet)s?)\b",
    re.IGNORECASE,
)
_JOSA = r"(?:이랑|에다가?|에서|하고|으로|과|와|랑|을|를|에|의|로|은|는)?(?![가-힣])"
_STRONG = r"결합|조인|병합|머지|브이룩업|v-?lookup|join|merge"
_WEAK = r"매칭|매핑|연결|combine|match"
_WEAK_VERBS = r"(?:합쳐|합치|합친|붙여|붙이|붙인|가져와|가져온|불러와)[가-힣]{0,3}"
_USES = r"(?:이용|사용|활용|참고|참조)(?:해서|해|하여|하고)"
_KOREAN_VERB = re.compile(
    rf"(?:(?P<inner>inner|이너|내부)|(?P<beyond>outer|right|cross|full|아우터|외부|오른쪽|우측|교차)|left|레프트|왼쪽|좌측)?"
    rf"\s?(?:(?:(?P<strong>{_STRONG})|{_WEAK})(?![A-Za-z])"
    r"(?:\s?(?:하|해|한|했|할|후|뒤|다음|시켜|시킨|된|으로)[가-힣]{0,3}|(?=,))"
    rf"|{_WEAK_VERBS}|(?P<uses>{_USES}))"
    r"(?:\s(?:다음에?|뒤에?|후에?|때|상태에서|데이터에서|결과에서|표에서|파일에서|주고|줘|주세요|보고))?(?![가-힣])\s*[,.]?",
    re.IGNORECASE,
)
_ENGLISH_VERB = re.compile(
    r"\b(?:(?:please|after|by|when|first|then|and|if you)\s){0,3}"
    r"(?:(?P<inner>inner)|(?P<beyond>right|cross|full(?:\souter)?|outer)|left(?:\souter)?)?\s?"
    r"(?:(?:(?P<strong>join|merg|v-?lookup)|(?:combin|match|link))(?:(?P<past>ed)|e|es|ing|s)?|(?P<uses>using)"
    r"|look(?:ing|ed)?\sup\s(?:the\s)?[\w가-힣]+(?:\s[\w가-힣]+)?(?=\s(?:from|in)\s))\b",
    re.IGNORECASE,
)
_ONLY_PARTNERS = re.compile(
    r"\s*(?:(?:서로\s)?(?:일치하는|일치한|매칭되는|매칭된|짝이 있는)\s?(?:[가-힣]{1,4})만"
    r"|양쪽에\s(?:모두\s|다\s)?있는\s?[가-힣]{1,4}만"
    r"|(?:,\s?)?(?:keeping\s|keep\s)?(?:only\s)?(?:the\s)?match(?:ing|ed)\s(?:rows|ones|records)(?:\sonly)?)"
    r"\s*[,.]?",
    re.IGNORECASE,
)
_IDLE = re.compile(r"(?:서로|함께|같이|하나로|모두|먼저|우선|전부)(?![가-힣])")
_BY_KEY = re.compile(
    r"\s?(?:열|컬럼|칼럼|필드|키|값)?(?:을|를|이|가)?\s?"
    r"(?:(?:공통\s?)?(?:기준|키|열|컬럼)(?:으로|로)|기준|으로|로|(?:같은|일치하는)\s?(?:행|것)끼리"
    r"|(?:이용|사용|활용|통)(?:해서|해|하여))(?![가-힣])"
)
_OBJECT = re.compile(r"(?:을|를)(?![가-힣])")
_ON_KEY = re.compile(
    r"(?P<on>on|using|via|through|based on|matching on|by)\s(?:the\s)?(?:(?:common|shared|same|key|column)\s)*", re.I
)
_IS_KEY = re.compile(r"\s(?:columns?|keys?|fields?)\b", re.IGNORECASE)
_CONNECTED = re.compile(r"(?:with|to|onto|and|against|into|in|from|&)\s(?:the\s)?(?:data\s(?:in|of)\s)?|the\s", re.I)
_ITSELF = re.compile(r"(?:it|this|these|them|that|the data|this (?:file|table|data))\b", re.IGNORECASE)
_AFTERWARDS = re.compile(r"\s*[,;.]?\s*(?:(?:and then|and|then|to)\b\s*)?", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*(?:$|[,;.]|(?:on|using|by|via|and|then|to|with|based)\b)", re.IGNORECASE)
_WORD = re.compile(r"[\w가-힣\-]+")
_UNKNOWN_FILE = re.compile(
    rf"(?P<ended>[\w가-힣\-]+?{_ENDING}){_END}(?:{_IS_FILE}(?![a-z]))?|(?P<called>[\w가-힣\-]+?)\s?(?:파일|테이블)(?!들)",
    re.IGNORECASE,
)
_UNKNOWN_PARTNER = re.compile(r"([\w가-힣\-]{2,}?)(?:이랑|과|와|랑)(?![가-힣])")
_SPOKEN = re.compile(
    r"이|그|저|위|내|각|한|첫|세|새|해당|현재|기존|원본|첨부|첨부된|첨부한|업로드|업로드한|업로드된|올린|엑셀|excel|csv",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NamedJoin:
    """The joining that a question asks for in words: with these tables, by `key` ("": none is named), `inner` when
    only rows that have a partner are wanted."""

    others: tuple[Table, ...]
    key: str = ""
    inner: bool = False


@dataclass
class _Clause:
    """What was read of the words that join; `files` that are named, `unknown` names among them."""

    start: int
    end: int
    strong: bool = False
    files: tuple[Table, ...] = ()
    unknown: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    says_all: bool = False
    says_on: bool = False
    uses: bool = False
    inner: bool = False
    beyond: str = ""


def take_join(question: str, table: Table, others: Sequence[Table]) -> tuple[str, NamedJoin | None]:
    """The question without the words that join files, and what those say; None when there are none.

    Raises NotClear when a file is named that isn't there, or when which file is meant stays open.
    """
    text = _plain(question)
    clause = _Clauses(text, table, others).found()
    if clause is None:
        return question, None
    if clause.beyond:
        raise NotClear("too_hard", words=(clause.beyond,))
    joined = _meant(clause, table, others)
    if len(clause.keys) > 1:
        raise NotClear("too_hard", words=clause.keys)
    rest = f"{text[: clause.start].rstrip(' ,;')} {text[clause.end :].lstrip(' ,;.')}".strip()
    if not rest.strip(" ?!."):
        raise NotClear("unsure")
    if not joined:
        return rest, None
    return rest, NamedJoin(joined, clause.keys[0] if clause.keys else "", clause.inner)


def names_files(question: str, table: Table, others: Sequence[Table]) -> bool:
    """Whether a question says that files are to be joined."""
    return _Clauses(_plain(question), table, others).found() is not None


def _meant(clause: _Clause, table: Table, others: Sequence[Table]) -> tuple[Table, ...]:
    """The other files that the clause means; none where it only names the question's own file."""
    every = tuple(known.name for known in (table, *others))
    if clause.unknown:
        raise NotClear("no_file", words=clause.unknown, options=every)
    named = tuple(one for one in others if any(one is file for file in clause.files))
    if len(named) > 1 and not any(file is table for file in clause.files):
        raise NotClear("file_not_named", words=(table.name,))
    if named or (clause.uses and not clause.says_all):
        return named
    if not others:
        raise NotClear("one_file", options=every)
    if len(others) > 1:
        raise NotClear("which_file", options=every[1:])
    return tuple(others)


class _Clauses:
    """Looks for the words that join in one question."""

    def __init__(self, text: str, table: Table, others: Sequence[Table]) -> None:
        self.text = text
        self._tables = (table, *others)
        self._has_others = bool(others)

    @cached_property
    def _files(self) -> list[tuple[Table, re.Pattern[str]]]:
        files = [(one, _pattern(_stem(one.name))) for one in self._tables]
        return sorted(files, key=lambda pair: -len(pair[0].name))

    @cached_property
    def _letters(self) -> dict[str, str]:
        """The names of all columns by their letters."""
        return {letters_of(column.name): column.name for one in self._tables for column in one.columns}

    @cached_property
    def _columns(self) -> list[tuple[str, re.Pattern[str]]]:
        """The columns whose names the question may have, of which a table can have thousands, the longest first."""
        said = letters_of(self.text)
        names = [name for letters, name in self._letters.items() if letters and letters in said]
        return [(name, _pattern(name)) for name in sorted(names, key=len, reverse=True)]

    def found(self) -> _Clause | None:
        """The first words that join files, if there are any."""
        for verb in _ENGLISH_VERB.finditer(self.text):
            clause = self._english(verb)
            if clause is not None and self._joins(clause, said=clause.says_on):
                return clause
        if not _KOREAN_VERB.search(self.text):
            return None
        for start in [0, *(space.end() for space in re.finditer(r"[\s(,]+", self.text))]:
            clause = self._korean(start)
            if clause is not None and self._joins(clause, said=True):
                return clause
        return None

    def _joins(self, clause: _Clause, *, said: bool) -> bool:
        """Whether files are joined, where "서울과 부산을 합쳐서" adds up and "joined by 2020" tells a year.

        `said`: the key is said so that it can't be anything else.
        """
        if clause.files or clause.unknown or clause.says_all:
            return True
        keys = any(letters_of(key) in self._letters for key in clause.keys)
        return said and clause.strong and keys and self._has_others

    def _korean(self, start: int) -> _Clause | None:
        clause = _Clause(start, start)
        at = start
        strong = bool(re.search(_STRONG, self.text[start:], re.IGNORECASE))
        while True:
            at = _skip(self.text, at)
            if at > start and (verb := _KOREAN_VERB.match(self.text, at)):
                return self._ended(clause, verb, verb.end())
            end = self._korean_item(clause, at, strong=strong)
            if end is None:
                return None
            at = end

    def _korean_item(self, clause: _Clause, at: int, *, strong: bool) -> int | None:
        """Where the file, key or other part of a clause ends that begins here; None when there is none."""
        if only := _ONLY_PARTNERS.match(self.text, at):
            clause.inner = True
            return only.end()
        if every := _ALL.match(self.text, at):
            clause.says_all = True
            return _after(_JOSA, self.text, every.end())
        if idle := _IDLE.match(self.text, at):
            return idle.end()
        if file := self._file(at, strong=strong):
            end = _after(_JOSA, self.text, file[1])
            by_key = self._column(at, _BY_KEY) if not file[2] else None
            if end is not None and by_key is None:
                clause.files += (file[0],)
                return end
        if by_key := self._column(at, _BY_KEY):
            clause.keys += (by_key[0],)
            return by_key[1]
        if brought := self._column(at, _OBJECT):
            return brought[1] if clause.files or clause.says_all else None
        unknown = _UNKNOWN_FILE.match(self.text, at)
        name = (unknown["ended"] or unknown["called"]) if unknown else ""
        if unknown and not _SPOKEN.fullmatch(name) and (end := _after(_JOSA, self.text, unknown.end())):
            clause.unknown += (name,)
            return end
        partner = _UNKNOWN_PARTNER.match(self.text, at) if strong else None
        if partner and not any(letters_of(partner[1]) in name for name in self._letters):
            clause.unknown += (partner[1],)
            return partner.end()
        word = re.compile(r"[\w가-힣\-]+?(?=(?:을|를)?\s?기준|(?:으로|로)\s)").match(self.text, at)
        if word and (clause.files or clause.says_all) and (by := _BY_KEY.match(self.text, word.end())):
            clause.keys += (word[0],)
            return by.end()
        return None

    def _english(self, verb: re.Match[str]) -> _Clause | None:
        clause = _Clause(verb.start(), verb.end())
        at, direct = _skip(self.text, verb.end()), True
        while at < len(self.text):
            connected = _CONNECTED.match(self.text, at)
            beside = bool(connected and connected[0].lower().startswith("with"))
            strong = bool(verb["strong"]) and (beside or not verb["past"])
            end = None
            if direct or connected:
                place = connected.end() if connected else at
                end = self._english_item(clause, place, strong=strong, beside=strong and beside)
            if end is None and not verb["uses"]:
                end = self._english_key(clause, at)
            if end is None and (only := _ONLY_PARTNERS.match(self.text, at)):
                clause.inner, end = True, only.end()
            if end is None:
                break
            at, direct = _skip(self.text, end), False
            clause.end = end
        return self._ended(clause, verb, _end_of(_AFTERWARDS, self.text, clause.end))

    def _english_item(self, clause: _Clause, at: int, *, strong: bool, beside: bool) -> int | None:
        """Where the file ends that is named here; `beside` when its name follows "join with"."""
        if file := self._file(at, strong=strong):
            if not file[2] and not _GOES_ON.match(self.text, file[1]):
                return None
            clause.files += (file[0],)
            return file[1]
        if every := _ALL.match(self.text, at):
            clause.says_all = True
            return every.end()
        if itself := _ITSELF.match(self.text, at):
            return itself.end()
        if ended := re.compile(rf"[\w가-힣\-]+{_ENDING}{_END}", re.IGNORECASE).match(self.text, at):
            clause.unknown += (ended[0],)
            return ended.end()
        named = re.compile(r"([\w\-]+)(?:\s(?:file|table|sheet)\b|(?=\s(?:on|using)\s))", re.IGNORECASE)
        unknown = named.match(self.text, at) if beside and self._has_others else None
        if unknown and not self._column(at, re.compile("")):
            clause.unknown += (unknown[1],)
            return unknown.end()
        return None

    def _english_key(self, clause: _Clause, at: int) -> int | None:
        on = _ON_KEY.match(self.text, at)
        if not on or clause.keys:
            return None
        column = self._column(on.end(), re.compile(_END))
        word = None if column else _WORD.match(self.text, on.end())
        name, end = column if column else (word[0], word.end()) if word else ("", 0)
        if not name:
            return None
        clause.keys += (name,)
        clause.says_on = on["on"].lower() != "by"
        return _end_of(_IS_KEY, self.text, end)

    def _ended(self, clause: _Clause, verb: re.Match[str], end: int) -> _Clause:
        only = _ONLY_PARTNERS.match(self.text, end)
        return replace(
            clause,
            end=only.end() if only else end,
            strong=bool(verb["strong"]),
            uses=bool(verb["uses"]),
            inner=clause.inner or bool(verb["inner"] or only),
            beyond=verb["beyond"] or "",
        )

    def _file(self, at: int, *, strong: bool) -> tuple[Table, int, bool] | None:
        """The file whose name is here, where the name ends, and whether it is called a file.

        A bare name that could be a column's is a file only beside a word such as "join".
        """
        for table, pattern in self._files:
            if name := pattern.match(self.text, at):
                called = re.compile(rf"(?:{_ENDING}{_END})?{_IS_FILE}?", re.IGNORECASE).match(self.text, name.end())
                end = called.end() if called else name.end()
                sure = end > name.end()
                column_like = any(letters_of(name[0]) in letters for letters in self._letters)
                if (sure or strong or not column_like) and not re.match(r"[A-Za-z0-9_]", self.text[end:]):
                    return table, end, sure
        return None

    def _column(self, at: int, marked: re.Pattern[str]) -> tuple[str, int] | None:
        """The column whose name is here, and where it and the mark after it end."""
        for name, pattern in self._columns:
            if (found := pattern.match(self.text, at)) and (mark := marked.match(self.text, found.end())):
                return name, mark.end()
        return None


def _plain(question: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", question).split())


def letters_of(name: str) -> str:
    """A name without case, blanks and signs, as names are compared."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def _stem(name: str) -> str:
    return re.sub(rf"{_ENDING}$", "", unicodedata.normalize("NFKC", name), flags=re.IGNORECASE)


def _pattern(name: str) -> re.Pattern[str]:
    """A name, however its words are set apart."""
    parts: Iterable[str] = re.split(r"[\s_\-]+", unicodedata.normalize("NFKC", name).strip())
    return re.compile(r"[\s_\-]*".join(re.escape(part) for part in parts), re.IGNORECASE)


def _skip(text: str, at: int) -> int:
    return _end_of(re.compile(r"[\s,]*"), text, at)


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where the pattern ends that may stand here."""
    found = pattern.match(text, at)
    return found.end() if found else at


def _after(pattern: str, text: str, at: int) -> int | None:
    found = re.compile(pattern).match(text, at)
    return found.end() if found else None
