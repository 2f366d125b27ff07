"""The tables, one module for what belongs together; `bot` never sees a row of them.

A new one needs its rows in `storage.rows`, a migration, and a contract test. Begin with `cases`.
"""
