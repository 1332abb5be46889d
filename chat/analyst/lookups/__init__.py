"""Looks things up in small tables of an encyclopedia's kind, in Korean and English: what the strict parser leaves."""

from chat.analyst.lookups.answering import LookupAnswer, answer, instead_of, told_alone

__all__ = ["LookupAnswer", "answer", "instead_of", "told_alone"]
