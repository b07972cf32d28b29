"""Pages and texts that come otherwise than by a crawl: files, archives, what is stored already."""
