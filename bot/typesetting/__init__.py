"""Sets documents as PDF/A by typst, and knows which signs the fonts that ship with the program can show.

What a document says is none of its business. Begin with `pdf`; `glyphs` says what the fonts have.
"""
