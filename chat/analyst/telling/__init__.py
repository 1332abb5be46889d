"""Tells what was computed, in Korean and English: sentences, tables, charts and what to ask next."""
