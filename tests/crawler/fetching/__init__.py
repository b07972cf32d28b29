"""Tests of crawler.fetching."""
