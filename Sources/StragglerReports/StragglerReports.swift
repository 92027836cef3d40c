// StragglerReports: see docs/architecture.md.
