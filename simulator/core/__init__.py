"""What Discord decides, with no socket and no clock: `now` is wall-clock seconds and comes in."""
