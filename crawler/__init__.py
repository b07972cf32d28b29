"""Fetching and reading: declared sources, spiders, and the pure functions that read pages."""
