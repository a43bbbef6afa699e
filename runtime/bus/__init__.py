"""The transport. ``interface`` says what it is; ``memory`` and ``jetstream`` are it."""
