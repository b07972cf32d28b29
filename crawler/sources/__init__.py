"""Source declarations: one TOML file a source."""
