"""The pages in a real Chromium: by keyboard, at 360 px, without a script, with an empty console."""
