"""The API: what the pages read and do, for programs."""
