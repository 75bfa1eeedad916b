"""JSON text: tolerant parse with positions, path to offset and back, edits."""
