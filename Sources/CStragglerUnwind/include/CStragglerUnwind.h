// CStragglerUnwind
