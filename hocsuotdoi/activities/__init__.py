"""What institutions do with people: activities and their sessions, registration without an account, the roll, and
closing a session into the ledger.

Nouns: activity (one title), session (one meeting), registration (places taken by a person or a group), attendance (a
line of the roll), tally (people counted without names). Left to others: places and rooms (places), what a figure means
(indicators), pages (portal, workspace).
"""
