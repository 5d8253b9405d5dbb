"""What is measured, each by a script that prints it with the machine and the date."""
