"""Settings, the one place that wires objects, and the embedded servers."""
