"""Tasks handed down: mine today, lists and boards, one task's page, handing down, how far each body is."""
