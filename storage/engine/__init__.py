"""Tables, connections and rows: how anything is kept at all."""
