"""What is read of papers: finding them, who gets one, who has read it, what has changed."""
