"""Benchmarks: `make bench` runs them all on this machine and prints ratios, each of figures taken in one run.

The load comes from this machine too and takes its share of the processors: what is told is what two cores do together.
"""
