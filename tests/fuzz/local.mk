# tests/fuzz: one target for each parser of outside bytes. None yet.
