"""WeCom against a fake company: members, cards, robots, and what it drops without a word."""
