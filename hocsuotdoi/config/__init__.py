"""Settings, URLs, the embedded database and the command line: how the house is put together."""
