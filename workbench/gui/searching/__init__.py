"""Find and replace in all files of the project and all open texts."""
