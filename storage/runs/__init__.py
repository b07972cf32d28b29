"""Who may run what, by lease; when it is due; what the service has learnt of each source."""
