"""The figures for everybody: what each means, its value anywhere, and what it was made of, down to the act."""
