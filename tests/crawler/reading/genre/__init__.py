"""Tests of crawler.reading.genre."""
