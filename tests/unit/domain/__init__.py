"""Questions, urgency, references, typed commands, retention: the rules that need nothing else."""
