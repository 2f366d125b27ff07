"""Web chat: a messenger like the others, whose messages are read on a page. Begin with `chat_pages`.

Nothing is said here that another messenger would not say.
"""
