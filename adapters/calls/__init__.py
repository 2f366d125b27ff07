"""Calls in both directions, as every messenger has them: ours to its API, its calls to us, and what goes on after them.

Nothing here knows any one messenger, its signatures or its error codes: that is for its own package. Begin with
`http_client`.
"""
