"""How far, how many, how late: what the rules of `quality_rules` and `quality_periods` go by, said here only."""

DUE_DAYS = 10
"""Days after a month's (or a typed-in figure's period's) end within which it is in time. No document sets a day for
what happens in institutions; ten leave time for a paper sheet to come in and be typed, and end before the next month
is half over."""

# -- far from its own earlier months --
LEAST_MONTHS, EARLIER_MONTHS = 8, 24
"""Earlier months that a series needs, and how far back they are looked for."""
HIGHEST_SCORE = 3.5
LEAST_SPREAD = 0.5
"""Of the median, for what is too high: what is below 2.75 times the median is never called unusual, however steady the
series was; in simulated countries less finds hardly more that is wrong and far more that is right."""
LOWEST_PART = 8
"""What is too low is at most this part of the median: a digit too few makes a tenth."""
LEAST_DIFFERENCE = 30
"""People, loans…: smaller numbers move by chance."""
RECENT_MONTHS = 3
"""A series that has moved to another level (a new building, a new way of counting) is found where it moves, not each
month after: what is nearer to the median of the last months than to that of all is left alone."""
SAME_MONTHS = 2
"""So many years' same month are needed to judge by them too."""

# -- far from its own earlier quarters or years --
YEARS_BEFORE = 5
LEAST_PERIODS = 3
"""Of fewer no spread can be told: what lies beyond `LOWEST_PART` times all of them is found, either way."""

SILENT_AFTER = 6
"""Months in a row with figures before the one without; as quarters or a year where figures come by those."""
SAME_IN_A_ROW, LEAST_REPEATED = 4, 20
SESSIONS_ALONE = 3
"""A session to which nobody came is a session; so many of them in a month without anybody are not likely."""
PEOPLE_ALONE = 10
MANY_SESSIONS = 10
"""A session with one visitor, or none, is a session; so many that fewer came than there were are not likely."""
MOST_AT_A_SESSION = 2000
MOST_PER_RESIDENT = 20
"""Times a year that each resident would have come, on average."""
PARTS_TOLERANCE = 0.005
"""Of the whole: what sources that round differently may differ by."""
LARGEST_JUMP, LEAST_JUMP = 0.25, 500

# -- what needs no earlier figures: a house of which nothing is known is held against these --
MOST_SESSIONS_A_DAY, MOST_A_DAY = 10, 50_000
"""Of one house, on every day of the period: sessions; visits, attendances, loans and so on."""
LEAST_OTHERS, TIMES_OTHERS = 10, 10
"""So many houses like it must have told the measure; and so many times what nineteen of twenty of them stay below in a
month is far."""
