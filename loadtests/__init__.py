"""Load tests: locustfiles, the fleet they run against, sweeps and the demo."""
