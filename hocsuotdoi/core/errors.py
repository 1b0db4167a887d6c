"""What an act may say no with."""


class Refused(Exception):
    """An act that may not happen now. The message is a sentence for the person, already translated.

    Every operation raises a subclass defined beside it; surfaces show `str(error)`.
    """
