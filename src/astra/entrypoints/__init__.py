"""Entry points: they translate the outside world into service calls."""
