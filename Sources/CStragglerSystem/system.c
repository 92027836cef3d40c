// CStragglerSystem
