"""Staff's pages of the programme's money: an office's lines, what waits for the finance office, sums up the tree."""
