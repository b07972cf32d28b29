"""Tests of crawler.pages.lists."""
