"""From a declaration to Graph parameters, one module for each Graph object."""
