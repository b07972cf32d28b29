"""Which matters an event, or a section of a review, is about: zero to three keys."""
