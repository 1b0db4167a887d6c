"""Tasks that were handed down."""
