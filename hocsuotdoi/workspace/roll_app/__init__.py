"""The offline roll: one lean page at /roll/ that calls the roll of an institution without a connection, and the three
addresses it talks to. The page holds nobody's data; what a device carries it gets with its token."""
