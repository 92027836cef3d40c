// StragglerAnalysis: see docs/architecture.md.
