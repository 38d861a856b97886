//! Archives written and read back, and archives that somebody broke on purpose.
