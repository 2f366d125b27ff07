"""Reads what a person typed or tapped as the value of a field. Never a guess: understood, to be confirmed, or unclear.

Nothing is stored or asked here. Begin with `answer_reader`.
"""
