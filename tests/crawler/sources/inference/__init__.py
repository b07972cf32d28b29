"""Tests of crawler.sources.inference."""
