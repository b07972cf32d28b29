"""Characters, numerals and item marks told alike."""
