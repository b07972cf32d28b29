"""Tests of crawler.sources."""
