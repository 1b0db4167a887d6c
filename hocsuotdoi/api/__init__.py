"""What pages can, a program can: JSON over HTTP with a description in OpenAPI, under the same rules as the pages.

Offers, registrations, rolls; units and institutions as far as they are needed to name places. Sign-in by key or by the
browser's session (`auth`), one place where addresses are put together (`routing`), one shape of answer for everything
that goes wrong (`errors`). No rule of an area is written here: each endpoint calls the area's queries and operations.
"""
