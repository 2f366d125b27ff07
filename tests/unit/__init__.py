"""Decisions alone: values in, values out, without a database or a messenger. One folder a room of the core."""
