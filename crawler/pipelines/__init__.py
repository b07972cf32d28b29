"""Thin shells round the pure functions, and the one place that stores."""
