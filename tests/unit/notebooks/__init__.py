"""Tests of the capacity arithmetic."""
