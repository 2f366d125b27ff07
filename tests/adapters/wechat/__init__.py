"""WeChat against a fake Official Account: answers in the call, reply windows, links to tap, template messages."""
