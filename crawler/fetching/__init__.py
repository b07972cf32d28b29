"""What may be asked of a host, and what an answer is called that is no page."""
