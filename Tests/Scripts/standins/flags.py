"""Reads the flags of kubectl and helm as far as the scripts use them: --name VALUE, --name=VALUE, and
switches."""

import sys


def read(program: str, arguments: list[str], valued: set[str], switches: set[str]) -> tuple[list[str], dict]:
    words: list[str] = []
    flags: dict[str, list[str]] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            words.append(word)
            continue
        name, equals, value = word.partition("=")
        if name in valued:
            if not equals and not rest:
                sys.exit(f"Error: {program} (stand-in): flag needs an argument: {name}")
            flags.setdefault(name, []).append(value if equals else rest.pop(0))
        elif name in switches and not equals:
            flags.setdefault(name, []).append("true")
        else:
            sys.exit(f"Error: {program} (stand-in): unknown flag: {word}")
    return words, flags
