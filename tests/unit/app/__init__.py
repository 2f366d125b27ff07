"""Nothing secret comes out of the log, whoever writes it and in whatever part of a line."""
