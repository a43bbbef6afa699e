"""What a person can do wrong with the fake Discord.

SimulatorError
├── WrongValue   a flag, a file or a control request cannot be understood: exit status 2
├── CannotStart  the port is taken or the report cannot be written: exit status 3
└── NoReply      the bot showed nothing in the time allowed
"""


class SimulatorError(Exception):
    """Anything that is told to the user in one line."""


class WrongValue(SimulatorError, ValueError):  # noqa: N818 - reads well where it is raised
    """A value that was given cannot be used."""


class CannotStart(SimulatorError):  # noqa: N818 - reads well where it is raised
    """The process cannot serve."""


class NoReply(SimulatorError, TimeoutError):  # noqa: N818 - reads well where it is raised
    """A user acted and the bot showed nothing in time."""
