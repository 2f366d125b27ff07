"""Our code for the messengers: a package each, whose `adapter` keeps to the contract in `bot.ports.messengers`.

Nothing is decided here about cases, and no messenger's package imports another's; what they share lies below them, in
`calls` and `tencent`. Begin with README.md, then with `wecom.adapter`, the plainest that goes both ways.
"""
