"""Keys for rows that are born on phones and servers alike."""

import uuid

import uuid_utils


def uuid7() -> uuid.UUID:
    """A new UUIDv7 (RFC 9562): unique without a server, and in order of time."""
    return uuid.UUID(int=uuid_utils.uuid7().int)
