"""The recognition engines: one adapter each, behind `astra.core.ports.Engine`."""
