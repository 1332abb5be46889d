"""Holds answers against figures of the whole table that no model has computed."""
