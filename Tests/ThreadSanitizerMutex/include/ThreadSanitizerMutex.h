// Nothing to call: linking this target is all that it takes.
