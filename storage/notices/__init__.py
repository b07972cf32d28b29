"""What people are to be told: flags, incidents, coverage, and the outbox that tells them."""
