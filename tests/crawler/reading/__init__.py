"""Tests of crawler.reading."""
