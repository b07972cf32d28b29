"""What watches a run from inside: account, heartbeat, verdict."""
