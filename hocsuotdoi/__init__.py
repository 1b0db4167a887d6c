"""Học Suốt Đời: the programme of lifelong learning in libraries, museums and culture centres."""
