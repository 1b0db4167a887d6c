"""How days and times may be typed. Django knows no Vietnamese way and would read 01/12 as the American 12 January.

The first of each list is also how a field shows what it holds: what the browser's own day and time fields ask for.
"""
