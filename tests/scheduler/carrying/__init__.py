"""Tests of scheduler.carrying."""
