"""The enumerated items of a selection: which lines make the list, and its events."""
