//! `/access/...`: which road is open, why, since when, and what did we know.
//!
//! Each answer is a list of rows, as JSON, GeoJSON or CSV, news also as a feed, with the rules and the parameters by which it came about, and all of it is worked
//! out from what the caller may see.

mod alerts;
mod answer;
mod between;
mod changes;
pub mod compared;
mod corridors;
mod cut_off;
mod explain;
mod feed;
mod near;
mod overlap;
mod question;
mod routes;
mod status;
mod timeline;

use super::address::Address;
pub use question::PARAMETERS;

/// The addresses.
pub fn addresses() -> Vec<Address> {
    vec![
        Address::get("/access/corridors", corridors::all),
        Address::get("/access/corridors/{corridor}", corridors::one),
        Address::get("/access/corridors/{corridor}/timeline", timeline::timeline),
        Address::get("/access/routes", routes::routes),
        Address::get("/access/cut-off", cut_off::cut_off),
        Address::get("/access/changes", changes::changes),
        Address::get("/access/alerts", alerts::alerts),
        Address::get("/access/alerts/stream", alerts::stream),
        Address::get("/access/near", near::near),
        Address::get("/access/overlap", overlap::overlap),
    ]
}

#[cfg(test)]
mod sentences;
#[cfg(test)]
mod tests;
