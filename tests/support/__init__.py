"""What tests stand on: databases cloned from templates, the running program, the browser, no network."""
