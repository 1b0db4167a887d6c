"""The public's first page, the page about this site, and the change of language."""
