"""Understands Korean and English questions about a table: what is asked, of which columns, under which conditions."""
