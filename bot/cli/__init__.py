"""The command line, ``casebridge``: reads words, calls what does the work, prints one sentence or a result.

It acts on a case only by way of the line, as everybody does. Begin with `main`.
"""
