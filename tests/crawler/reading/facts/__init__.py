"""Tests of crawler.reading.facts."""
