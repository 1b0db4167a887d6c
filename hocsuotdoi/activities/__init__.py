"""Activities, their sessions, registrations, the roll, and closing a session into the ledger."""
