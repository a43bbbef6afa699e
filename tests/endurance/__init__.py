"""Many events, many cut connections, one client that counts: `python -m tests.endurance`."""
