"""Tests of crawler.pages.values."""
