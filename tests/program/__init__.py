"""The real program as one process, from its configuration to the messenger's server and back."""
