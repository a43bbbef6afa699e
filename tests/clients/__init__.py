"""One small bot for each client library that is no dependency of this project.

Each prints "ready", registers `/hello`, answers it with a button, answers `!probe n`, and counts
the messages `gap n` in their order.
"""
