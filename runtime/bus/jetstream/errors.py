"""What nats-py raises when the transport, not the request, is at fault."""

import asyncio

import nats.errors

TRANSPORT_ERRORS = (nats.errors.Error, OSError, asyncio.TimeoutError)
