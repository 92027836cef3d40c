// CStragglerInterpose
