"""Works out how a site is to be declared, by looking at it, and tries the draft."""
