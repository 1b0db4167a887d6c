"""The description of the API: as OpenAPI for programs, as a page for people, both in the reader's language."""
