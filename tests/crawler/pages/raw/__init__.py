"""Tests of crawler.pages.raw."""
