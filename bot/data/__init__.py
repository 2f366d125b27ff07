"""The data files that the core carries: questions and triage, countries, provinces, places, codes of a standard.

Facts only, with where they come from and their licence. `reader` reads them; the modules that use them give them types.
"""
