"""Units and institutions, to name places; nothing is changed here."""
