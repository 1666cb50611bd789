"""What the black-box tests have in common: the program as a process, HTTP as bytes, faults, and a checker."""
