"""Tests of crawler."""
