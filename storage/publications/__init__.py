"""Stored publications read back, and what changed between their revisions."""
