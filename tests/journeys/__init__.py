"""The whole bridge in the words of the people who use it, with messengers in memory and a clock moved by hand."""
