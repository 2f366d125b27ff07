"""Four nodes on one PostgreSQL while everything around them fails: together they are one bridge, never silent."""
