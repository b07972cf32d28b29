"""What a text is, whose it is, and why."""
