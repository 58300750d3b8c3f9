"""Files of lists: asked for by a mutation, fetched once by a link, written while they are read."""
