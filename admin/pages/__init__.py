"""The parts of the admin page, one for each tab."""
