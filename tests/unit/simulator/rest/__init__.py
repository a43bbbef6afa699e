"""REST v10 without sockets."""
