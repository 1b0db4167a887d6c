"""Entering plans and answering what the plan check found."""
