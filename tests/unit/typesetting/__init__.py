"""What can be set as PDF: which signs there are, and that nothing is left out in silence."""
