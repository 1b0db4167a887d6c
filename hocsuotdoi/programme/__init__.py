"""Plans, clauses, targets and tasks; the check of a plan against the plan above it; the state of a target."""
