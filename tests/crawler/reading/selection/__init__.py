"""Tests of crawler.reading.selection."""
