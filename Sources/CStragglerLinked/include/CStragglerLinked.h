// Nothing to call: linking this target makes an executable observe itself.
