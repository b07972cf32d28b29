"""Tests of crawler.runs."""
