"""What is on, an activity, joining it, and what the person who joined sees."""
