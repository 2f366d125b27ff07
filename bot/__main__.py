"""``python -m bot`` is ``casebridge``."""

from bot.cli.main import main

if __name__ == "__main__":
    main(prog_name="casebridge")
