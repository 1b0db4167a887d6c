"""Yearly reports: prefilled, worded, frozen as a snapshot, written as documents. Reads other areas, changes none."""
