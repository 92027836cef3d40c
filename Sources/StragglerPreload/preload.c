// StragglerPreload
