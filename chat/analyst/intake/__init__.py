"""Reads data files of every kind and dialect: what was found, what was repaired, and the table itself."""
