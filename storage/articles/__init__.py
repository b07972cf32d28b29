"""The one transaction that stores an article, its raw page, and its reading anew."""
