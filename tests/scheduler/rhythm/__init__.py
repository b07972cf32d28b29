"""Tests of scheduler.rhythm."""
