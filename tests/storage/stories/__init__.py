"""Tests of storage.stories."""
