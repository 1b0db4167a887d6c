"""Inspection of institutions: plans of visits, checklists by class, what was seen and found, and the tasks that follow.
Minutes are written in reporting, from what is here; follow-up tasks are assignments of the programme."""
