"""List pages and issues: their links, days, titles and pagers."""
