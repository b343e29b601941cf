"""Sound as it is spoken to text as it is heard: partials that may change and finals that never do."""
