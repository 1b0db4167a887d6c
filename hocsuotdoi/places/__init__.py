"""Administrative units through time, agencies and their lines of command, institutions with rooms, equipment, hours.

Leaves who works there to accounts, and what happens there to activities."""
