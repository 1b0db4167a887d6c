"""Offers, sessions, registrations and rolls."""
