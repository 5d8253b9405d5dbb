"""Tests of the deletion log."""
