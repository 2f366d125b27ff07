"""Each messenger alone, without the core: what it reads, writes and refuses, against a fake server over real HTTP."""
