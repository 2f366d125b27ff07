"""What belongs to language alone: texts that people see, typed words made comparable, writing systems.

It knows nothing of cases. Begin with `texts`.
"""
