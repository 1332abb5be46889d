"""Tells whether a text's letters beyond ASCII are those of one language, as those of a wrongly read one hardly are."""

from __future__ import annotations

from collections import Counter

# The letters beyond ASCII of a language each.
_ALPHABETS = (
    "áéíóúüñ", "àâæçéèêëîïôœùûüÿ", "äöüßé", "ãáâàçéêíóôõúü", "àéèìíîòóùú", "åäöéüà", "æøåéäöü", "áðéíóúýþæö",
    "éëïóöüèáíúê", "àçèéíïòóúü", "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţșț",
    "čćđšžäöü", "ëçé", "çğıiöşüâîû", "āčēģīķļņōŗšūž", "ąčęėįšųūž", "äõöüšž", "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "абвгдђежзијклљмнњопрстћуфхцчџш", "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
    "абвгдеёжзійклмнопрстуўфхцчшыьэюя", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
)  # fmt: skip
_SIGNS = frozenset("€£§°º“”„‘’«»–—…·²³½¼×±µ¿¡ª©®№\u00a0")
_SETS = tuple(
    frozenset(letters + letters.upper()) | (frozenset("İ") if "ı" in letters else frozenset()) for letters in _ALPHABETS
)


def fit(text: str) -> float:
    """The share of a text's letters and signs beyond ASCII that the best one of the known languages has.

    Signs within words and capitals behind small letters count against it: both are what other encodings leave.
    """
    foreign = Counter(sign for sign in text if sign > "\x7f")
    total = sum(foreign.values())
    if not total:
        return 1.0
    letters = {sign: count for sign, count in foreign.items() if sign not in _SIGNS}
    signs = total - sum(letters.values())
    best = max(sum(count for sign, count in letters.items() if sign in alphabet) for alphabet in _SETS)
    odd = sum(
        (one.islower() and sign > "\x7f" and sign.isupper())
        or (one.isalpha() and sign in _SIGNS and after.isalpha() and sign not in "’·‘")
        for one, sign, after in zip(text, text[1:], text[2:], strict=False)
    )
    return (best + signs - odd) / total
