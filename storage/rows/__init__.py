"""The core's values to rows and back, and what of each is sealed; module by module as in `storage.tables`. No I/O.

Begin with `cases`.
"""
