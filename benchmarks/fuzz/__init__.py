"""Coverage-guided fuzzing (atheris, Linux): run for a stated time, findings become tests."""
