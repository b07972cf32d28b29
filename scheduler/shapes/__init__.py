"""Records as JSON for outside: one shape for the command line, the batch format and the API."""
