"""Reading publications: pure functions from an article to what it is and what it holds."""
