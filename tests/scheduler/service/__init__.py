"""Tests of scheduler.service."""
