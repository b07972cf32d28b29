"""When a source is looked at: the almanac, seasons, what to do at a tick."""
