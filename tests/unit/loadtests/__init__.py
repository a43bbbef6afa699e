"""Tests of the load tests' decisions."""
