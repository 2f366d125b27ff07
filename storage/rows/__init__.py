"""The core's values to rows and back, module by module as in `storage.tables`. No I/O.

Begin with `cases`.
"""
