"""Files to fill in and their reading: figures of institutions, population. Pure: bytes and values, no database."""
