//! What ARCHITECTURE.md states about the house itself, read from the manifests and the sources.

mod crates;
mod modules;
mod sources;
mod words;
