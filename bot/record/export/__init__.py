"""The case log as a file, in several layouts, de-identified or (for two people who agreed) identified.

Rows are pure; only `case_log` reads the storage and writes files. Begin there.
"""
