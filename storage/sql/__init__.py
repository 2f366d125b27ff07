"""SQLite and PostgreSQL behind one port: statements, claims, reads and writes through SQLAlchemy Core."""
