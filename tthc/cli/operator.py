"""Who works at the command line, as ledger and traces name them."""

import os
from getpass import getuser


def operator(command: str) -> str:
    """The command, and the login that the machine knows of whoever typed it."""
    try:
        return f"{command} ({getuser()})"
    except (OSError, KeyError):
        return f"{command} ({os.getuid()})"
