"""Support for the end-to-end tests: starts and stops real programs, and records their output and traffic."""
