"""A conversation to take away: one ZIP file that can be read, checked and computed again without this server."""
