"""Yearly reports: prefilled, worded, frozen as a snapshot, written as documents. Reads everything, changes nothing elsewhere."""
