"""The first page of staff: what is to be done today."""
