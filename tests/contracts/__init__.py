"""What each port promises, held against every implementation: SQLite and a real PostgreSQL, each messenger."""
