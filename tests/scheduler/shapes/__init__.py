"""Tests of the shapes for outside."""
