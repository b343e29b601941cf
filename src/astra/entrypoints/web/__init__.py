"""The web pages. Built in a later issue."""
