"""LEARN: model registry, adapters and training. Built in a later issue."""
