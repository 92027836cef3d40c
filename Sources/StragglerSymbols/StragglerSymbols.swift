// StragglerSymbols: see docs/architecture.md.
