//! Every end-to-end test in one binary: the real program, over HTTP, with real clients.
//!
//! One binary because linking is what tests cost; one module an aspect. `server` starts the program, `outside` finds the clients.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails by panicking")]

mod access;
mod alerts;
mod architecture;
mod archive;
mod audiences;
mod browser;
mod budgets;
mod carry;
mod clusters;
mod faults;
mod features;
mod files;
mod gdal;
mod measures;
mod geopackage;
mod mlt;
mod operation;
mod outside;
mod own_styles;
mod pictures;
mod prepared;
mod progress;
mod qgis;
mod refusals;
mod server;
mod simplified;
mod store;
mod styles;
mod tiles;
mod tls;
mod tokens;
