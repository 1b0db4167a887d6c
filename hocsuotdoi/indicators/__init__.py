"""Measures, criteria and indicators: what is counted, how a figure is made from the ledger and the register, and from
what it was made (lineage)."""
