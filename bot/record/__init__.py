"""Writes down what happened, for people elsewhere: the case log, the period report, the journal as a file.

Nothing here changes a case. Begin with `export.case_log`, `report.period_report` or `journal_file`.
"""
