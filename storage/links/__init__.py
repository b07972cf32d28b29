"""What lists have shown: links and what became of them, list heads, take-downs, the sources."""
