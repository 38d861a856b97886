//! Files of one layer as drafts, each with the place where it stands.

use roadblock_layers::finding::Finding;
use roadblock_layers::import::feature::{self, Sent};
use roadblock_layers::import::mapping::Mapping;
use roadblock_layers::import::table::{self, Table};
use roadblock_layers::source::{Bounds, Package, PackageRow, SourceError};
use roadblock_layers::vocab::Kind;
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// Where something stands: for people, and the number of the row if it is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    #[serde(skip)]
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<usize>,
}

impl Place {
    /// A file, or whatever else it is, as a whole.
    pub fn whole(text: &str) -> Self {
        Self { text: text.to_owned(), row: None }
    }

    fn feature(file: &str, number: usize) -> Self {
        Self::whole(&format!("{file}: feature {number}"))
    }

    fn row(file: &str, number: usize) -> Self {
        Self { text: format!("{file}: row {number}"), row: Some(number) }
    }
}

/// A finding and where it is: the file, and the row or feature in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Placed {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What was found there.
    #[serde(flatten)]
    pub finding: Finding,
}

impl fmt::Display for Placed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place.text, self.finding)
    }
}

/// What a feature or a row says.
pub(super) struct Said {
    /// Where it stands.
    pub(super) place: Place,
    pub(super) id: String,
    pub(super) sent: Sent,
}

/// What some files say.
#[derive(Default)]
pub struct Everything {
    pub(super) said: Vec<Said>,
    pub(super) findings: Vec<Placed>,
    /// Rows that a mapping passes over.
    pub(super) skipped: usize,
}

impl Everything {
    /// Drafts that were read.
    pub fn drafts(&self) -> usize {
        self.said.len()
    }

    /// Ids of the records that are spoken of; one that comes twice comes again.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.said.iter().map(|said| said.id.as_str())
    }

    /// Takes what a GeoJSON file says: a collection, or one feature.
    pub fn take_geojson(&mut self, file: &str, text: &[u8], kind: Kind) {
        let document: Value = match serde_json::from_slice(text) {
            Ok(document) => document,
            Err(error) => return self.refuse(Place::whole(file), Finding::error("bad_json", "", error.to_string())),
        };
        if let Some(audience) = document.get("audience").and_then(Value::as_str).filter(|audience| *audience != "editor") {
            let message = format!(
                "the file was made for the audience '{audience}' and lacks what only editors see, which would be lost; export it with --audience editor"
            );
            return self.refuse(Place::whole(file), Finding::error("not_for_editors", "/audience", message));
        }
        let features = match (document.get("features"), document.get("type").and_then(Value::as_str)) {
            (Some(Value::Array(features)), _) => features.as_slice(),
            (_, Some("Feature")) => std::slice::from_ref(&document),
            _ => {
                let message = "write a GeoJSON FeatureCollection: {\"type\": \"FeatureCollection\", \"features\": […]}";
                return self.refuse(Place::whole(file), Finding::error("not_a_collection", "", message));
            }
        };
        for (number, feature) in (1..).zip(features) {
            let place = Place::feature(file, number);
            if feature.pointer("/properties/generalised").and_then(Value::as_bool) == Some(true) {
                let message =
                    "the feature is not where the record is, as it was read by somebody who may not know; read it as an editor";
                self.refuse(place, Finding::error("generalised", "/generalised", message));
                continue;
            }
            match feature::draft(kind, None, feature, "") {
                Ok(sent) => self.take(place, sent),
                Err(finding) => self.refuse(place, finding),
            }
        }
    }

    /// Takes what the rows of a CSV table say, as a mapping has it.
    pub fn take_table(&mut self, file: &str, text: &[u8], mapping: &Mapping, kind: Kind, most: Bounds) {
        self.take_rows(file, table::read(text, mapping, kind, most.rows));
    }

    /// Takes what the rows of a GeoPackage's table say: as a mapping has it, or under the names that features have.
    ///
    /// # Errors
    /// When it is none that can be read.
    pub fn take_package(
        &mut self,
        file: &str,
        (package, table): (&Package, Option<&str>),
        mapping: Option<&Mapping>,
        kind: Kind,
        most: Bounds,
    ) -> Result<(), SourceError> {
        let features = package.features(table, most)?;
        let read = match mapping {
            Some(mapping) => table::read_features(features, mapping, kind),
            None => {
                let row = |(number, feature): (usize, PackageRow)| {
                    let sent = feature.and_then(|feature| feature::draft(kind, None, &feature, ""));
                    (number, sent.map_err(|finding| vec![finding]))
                };
                Ok(Table { rows: (1..).zip(features).map(row).collect(), skipped: 0 })
            }
        };
        self.take_rows(file, read);
        Ok(())
    }

    fn take_rows(&mut self, file: &str, read: Result<Table, Vec<Finding>>) {
        match read {
            Err(findings) => findings.into_iter().for_each(|finding| self.refuse(Place::whole(file), finding)),
            Ok(table) => {
                self.skipped += table.skipped;
                for (number, row) in table.rows {
                    let place = Place::row(file, number);
                    match row {
                        Ok(sent) => self.take(place, sent),
                        Err(findings) => findings.into_iter().for_each(|finding| self.refuse(place.clone(), finding)),
                    }
                }
            }
        }
    }

    /// Takes a draft, if it has an id by which it is known when it comes again.
    fn take(&mut self, place: Place, sent: Sent) {
        match sent.draft.get("id").and_then(Value::as_str).map(str::to_owned) {
            Some(id) => self.said.push(Said { place, id, sent }),
            None => {
                let message = "write an id, a text in quotes, by which it is known when it comes again";
                self.refuse(place, Finding::error("missing", "/id", message));
            }
        }
    }

    fn refuse(&mut self, place: Place, finding: Finding) {
        self.findings.push(Placed { place, finding });
    }
}
