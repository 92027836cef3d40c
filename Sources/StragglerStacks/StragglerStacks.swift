// StragglerStacks: see docs/architecture.md.
