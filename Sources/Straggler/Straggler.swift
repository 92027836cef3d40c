// Straggler: see docs/architecture.md.
