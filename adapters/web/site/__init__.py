"""What all pages share: who is asking and whether they may, forms and files taken in, templates, signing in and out.

Nothing about cases lives here. Begin with `site`, the wrapper that every page goes through.
"""
