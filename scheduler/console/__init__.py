"""The web console: see it, decide it, trust it; docs/console.md describes it."""
