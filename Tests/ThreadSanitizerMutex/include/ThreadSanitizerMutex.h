// Declares nothing: linking this target is sufficient.
