"""Everything on disk. Imports nothing of ours but the texts."""
