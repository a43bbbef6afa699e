"""What the runtime decides. Nothing here does I/O or reads a clock: time comes in as ``now``."""
