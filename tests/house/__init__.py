"""The tree holds to its own rules: closed sets, texts, names, links, packaging, the gates themselves."""
