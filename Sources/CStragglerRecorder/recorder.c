// CStragglerRecorder
