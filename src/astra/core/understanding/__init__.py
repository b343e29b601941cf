"""What a sentence of a council session does, by rules: its intent and the data that goes with it.

Each file holds the rules of one family of intents; `rules` holds their order and `meaning` the shape of what
they give. Rules read the sentence without case and accents, so that they hold for any engine and any typist.
"""
