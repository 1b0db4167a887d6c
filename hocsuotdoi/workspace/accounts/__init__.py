"""Roles, powers, the audit trail."""
