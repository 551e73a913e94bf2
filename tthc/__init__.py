"""tthc keeps Vietnam's administrative promises honest."""

__version__ = "0.1.0"
