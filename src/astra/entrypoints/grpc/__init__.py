"""The gRPC API. Built in a later issue."""
