// StragglerProcesses: see docs/architecture.md.
