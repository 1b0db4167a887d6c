"""Acts on papers: entering, sending down, withdrawing, saying that one has read."""
