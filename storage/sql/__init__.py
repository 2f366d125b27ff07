"""SQLite and PostgreSQL behind one port: statements, claims, reads and writes through SQLAlchemy Core.

Begin with `store`: each method of the port, run in a thread of the writer or of the readers. What a batch reads is in
`load`, what it writes in `apply`, both with the statements of `statements`; what pages ask is in `look_ups`.
"""
