"""The period report: what happened between two days, as figures that name nobody, as JSON, a page or PDF.

Cases are counted one by one and never kept. Begin with `period_report`.
"""
