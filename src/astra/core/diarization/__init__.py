"""Who speaks when: an optional stage beside recognition, over models that come with extras."""
