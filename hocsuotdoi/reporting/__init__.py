"""Yearly reports: prefilled, worded, frozen as a snapshot, written as documents. Reads all areas below, changes none."""
