"""One module a page: what it reads, as a frozen value that is shown, printed as JSON and CSV."""
