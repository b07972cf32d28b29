"""Who may run what: the door, the lease, the ways out; what runs have shown of their sources."""
