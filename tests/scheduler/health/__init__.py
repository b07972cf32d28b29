"""Tests of scheduler.health."""
