"""The reference data, the running program and the browser that tests share."""
