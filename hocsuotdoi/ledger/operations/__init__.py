"""Acts of the ledger: post what happened, reverse a posting. There is no third."""
