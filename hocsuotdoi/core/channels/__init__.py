"""Ways to reach people: one folder for each outside service, found by the registry. Deleting a folder removes a way.

A channel that is not configured is not offered. See docs/how-to/add-a-channel.md.
"""
