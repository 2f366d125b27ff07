"""When a case is told to whom: alerts, deadlines by level, the rungs, the plan of what comes next."""
