"""Reading pages: pure functions from bytes to articles and listings."""
