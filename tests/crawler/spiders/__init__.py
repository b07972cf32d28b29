"""Tests of crawler.spiders."""
