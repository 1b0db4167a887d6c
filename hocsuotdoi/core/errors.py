"""What an act may say no with."""


class Refused(Exception):
    """An act that may not happen. The message is a sentence for the person, already translated.

    Every operation raises a subclass defined beside it; surfaces show `str(error)`. A value that can never be used is
    refused by a class called Bad… (or `Unreadable`), with the `field` that it was given for where that is known; what
    only cannot be as things are now, by any other name.
    """

    def __init__(self, message: str = "", *, field: str = ""):
        super().__init__(message)
        self.field = field
