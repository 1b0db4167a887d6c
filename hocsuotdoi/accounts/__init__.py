"""People, the roles they hold at a unit, an agency or an institution, and what those roles let them see and do."""
