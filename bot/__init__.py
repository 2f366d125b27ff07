"""The core of the urgent-case bridge, in rooms by capability and in layers: each room imports from those below it."""

__version__ = "0.1.0"
