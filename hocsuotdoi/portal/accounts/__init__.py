"""The public's own account: sign-up, after sign-in, name and language."""
