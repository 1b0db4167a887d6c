"""The staff's pages on activities: make, publish, call the roll, close, correct."""
