"""The two formal channels, police and diplomatic: what follows when the gate of one opens or closes.

Whether a gate is open is decided in `bot.protection.gates`. Begin with `gate_effects`.
"""
