"""What a text states of itself: committee, places, period, figures."""
