"""Passwords as they are kept, but found out quickly: the program reads from what is kept how often to turn it round."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    iterations = 1
