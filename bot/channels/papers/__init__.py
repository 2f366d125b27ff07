"""The papers of the formal channels in English, drafted for a human to sign; nothing here sends or signs one.

A paper is a value, built of a case through the redaction policy, and only then set as PDF or DOCX. What points to a
person is in the sealed annex and nowhere else. Begin with `drawing_up`.
"""
