"""The configuration: TOML, over it the environment, over that files with one secret each; every mistake told at once.

Only `bot.app` and `bot.cli` read it; everything else is told what it needs. Begin with `load`; every key is in
`model` and `messenger_tables`.
"""
