"""One spider class a family of sites."""
