"""Tests of crawler.pages."""
