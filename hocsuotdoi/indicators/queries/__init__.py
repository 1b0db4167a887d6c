"""How a figure is made: the frame it is read in, the institutions expected, what is known of them, the value, its
lineage."""
