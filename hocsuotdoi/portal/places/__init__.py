"""The public's pages of units and institutions."""
