"""Copies of everything that a receiver keeps, and the way back.

    taking -> lake.copying, catalog.copying         a copy while the receiver works
    restoring -> mending, checking                  a copy becomes a receiver's folder again

The parts of a receiver are never copied at one moment, and need not be. It works in one direction:
a file goes into the spool, then the catalog knows it; its rows go into the lake, then the catalog
knows that; then the spool lets it go. So they are copied **catalog, spool, lake**: whatever the
copied catalog speaks of, the parts copied after it have, or have in a later state. To the catalog
that looks as if the process had died between a step and the word of it, from which a receiver
recovers anyway. The journals of hits, of which the catalog knows nothing, are copied with the
spool. In any other order something is missing: a lake copied before the catalog lacks
the rows of an uploading that was finished in between, and whose folder is gone; a spool copied
before it lacks the folder of an uploading that was accepted in between.

What came after the catalog was copied is in the lake without anybody knowing it; `mending` takes it
out again.
"""
