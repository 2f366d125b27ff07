"""One module or package a messenger, each against the same port."""
