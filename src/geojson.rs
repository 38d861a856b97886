//! GeoJSON out: features, collections, streams.
