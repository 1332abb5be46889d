"""Computes what was understood, as SQL over the table where it lies; knows numbers, not words."""
