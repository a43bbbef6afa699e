"""The fake Discord core."""
