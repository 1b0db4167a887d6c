"""The programme's documents, as anybody may read them."""
