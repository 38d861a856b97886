//! mvt
