//! The server: where layers and tiles meet, and the only part that knows HTTP.
//!
//! Modules stand from the ground up; each imports only from those above it in this list.

pub mod problem;
pub mod caller;
pub mod clock;
pub mod chance;
pub mod cli;
pub mod config;
pub mod log;
pub mod tls;
pub mod base;
pub mod auth;
pub mod progress;
pub mod world;
pub mod metrics;
pub mod style;
pub mod tile;
pub mod portray;
pub mod archive;
pub mod viewer;
pub mod changes;
pub mod compared;
pub mod ledger;
pub mod intake;
pub mod server;
pub mod edit;
pub mod watch;
pub mod geojson;
pub mod http;
pub mod serve;
pub mod command;
