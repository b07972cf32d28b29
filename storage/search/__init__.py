"""Chinese full-text search on both databases."""
