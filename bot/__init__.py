"""The core of the urgent-case bridge."""

__version__ = "0.1.0"
