"""The programme for programs."""
