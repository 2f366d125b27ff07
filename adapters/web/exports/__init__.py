"""The page of exports: finished ones to download, orders for identified ones to decide. Begin with `export_pages`.

Nothing is exported here: that is for `bot.record`.
"""
