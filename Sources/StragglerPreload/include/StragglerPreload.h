// Nothing to call: the library starts by itself when it is preloaded.
