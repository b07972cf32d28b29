"""Tests of storage.articles."""
