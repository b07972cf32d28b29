"""Tests of crawler.backfill."""
