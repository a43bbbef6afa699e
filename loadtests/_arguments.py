"""Arguments of the command line, checked; what is wrong is said in one line."""

import argparse
from collections.abc import Callable
from typing import NoReturn, TypeVar

from loadtests._handlers import HandlerSpec

Item = TypeVar("Item")
WRONG_VALUE = 2


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_VALUE, f"{self.prog}: {message}\n")


def number(least: float, most: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be from {least:g} to {most:g}, not {text}")
        return value

    return parse


def count(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"must be from {least} to {most}, not {text}")
        return int(text)

    return parse


def list_of(parse: Callable[[str], Item]) -> Callable[[str], tuple[Item, ...]]:
    """Several values, separated by commas."""

    def parse_all(text: str) -> tuple[Item, ...]:
        return tuple(parse(part.strip()) for part in text.split(","))

    return parse_all


def handler(text: str) -> str:
    try:
        return HandlerSpec(text).text
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None
