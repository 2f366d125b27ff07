"""How a message is sent, paced, tried again, split and kept within reply windows."""
