"""What each client library does when its gateway misbehaves: `python -m tests.matrix`.

Here and not in the simulator: the clients under test are dependencies of the tests, and each cell
is an experiment on somebody else's library, started as a process of its own.
"""
