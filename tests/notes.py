"""What a reader noted, for tests."""


def issues(contents):
    """List the kinds of notes, in their order."""
    return [note.issue for note in contents.notes]


def only(contents, issue):
    """Give the one note of a kind."""
    [note] = [note for note in contents.notes if note.issue == issue]
    return note
