"""What a file that comes with a paper is."""
