"""A made-up country on the real map: institutions, and what happens at them over years, in the ledger, with the right
answers told beside it (the truth). Everything in it is marked as sample. Nothing reads this area."""
