"""Tests of crawler.extensions."""
