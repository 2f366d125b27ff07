"""What is made of the record: case log, report, HTCDS, identified export, and what is left out of each."""
