"""The two formal channels, police and diplomatic, and the desks beside them: what follows when a gate opens or closes.

Whether a gate is open is decided in `bot.protection.gates` and, for support desks, in `bot.protection.referral_gate`.
Begin with `gate_effects`; `referrals` is about support desks, `joint_plans` about joint operations.
"""
