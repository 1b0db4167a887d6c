"""Pages of the yearly report: the list, one report with its words, freezing, snapshots and their documents."""
