//! Files of one layer as drafts, each with the place where it stands, for people.

use super::{Placed, Refused};
use roadblock_layers::finding::Finding;
use roadblock_layers::import::feature::{self, Sent};
use roadblock_layers::import::mapping::Mapping;
use roadblock_layers::import::table::{self, Table};
use roadblock_layers::source::{PackageRow, package_features};
use roadblock_layers::vocab::Kind;
use serde_json::Value;
use std::path::Path;

/// What a feature or a row says.
pub(super) struct Said {
    /// The file, and the number in it.
    pub(super) place: String,
    pub(super) id: String,
    pub(super) sent: Sent,
}

/// What some files say.
#[derive(Default)]
pub(super) struct Everything {
    pub(super) said: Vec<Said>,
    pub(super) findings: Vec<Placed>,
    /// Rows that a mapping passes over.
    pub(super) skipped: usize,
}

impl Everything {
    /// Takes what a GeoJSON file says: a collection, or one feature.
    pub(super) fn take_geojson(&mut self, path: &Path, kind: Kind) -> Result<(), Refused> {
        let text = std::fs::read(path).map_err(|error| Refused::Usage(format!("{}: {error}", path.display())))?;
        let file = path.display().to_string();
        let document: Value = match serde_json::from_slice(&text) {
            Ok(document) => document,
            Err(error) => {
                self.refuse(file, Finding::error("bad_json", "", error.to_string()));
                return Ok(());
            }
        };
        if let Some(audience) = document.get("audience").and_then(Value::as_str).filter(|audience| *audience != "editor") {
            let message = format!(
                "the file was made for the audience '{audience}' and lacks what only editors see, which would be lost; export it with --audience editor"
            );
            self.refuse(file, Finding::error("not_for_editors", "/audience", message));
            return Ok(());
        }
        let features = match (document.get("features"), document.get("type").and_then(Value::as_str)) {
            (Some(Value::Array(features)), _) => features.as_slice(),
            (_, Some("Feature")) => std::slice::from_ref(&document),
            _ => {
                let message = "write a GeoJSON FeatureCollection: {\"type\": \"FeatureCollection\", \"features\": […]}";
                self.refuse(file, Finding::error("not_a_collection", "", message));
                return Ok(());
            }
        };
        for (number, feature) in (1..).zip(features) {
            let place = format!("{file}: feature {number}");
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
        Ok(())
    }

    /// Takes what the rows of a CSV table say, as a mapping has it.
    pub(super) fn take_table(&mut self, path: &Path, mapping: &Mapping, kind: Kind) -> Result<(), Refused> {
        let text = std::fs::read(path).map_err(|error| Refused::Usage(format!("{}: {error}", path.display())))?;
        self.take_rows(path, table::read(&text, mapping, kind));
        Ok(())
    }

    /// Takes what the rows of a GeoPackage's table say: as a mapping has it, or under the names that features have.
    pub(super) fn take_package(
        &mut self,
        path: &Path,
        table: Option<&str>,
        mapping: Option<&Mapping>,
        kind: Kind,
    ) -> Result<(), Refused> {
        let features = package_features(path, table).map_err(|error| Refused::Usage(format!("{}: {error}", path.display())))?;
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
        self.take_rows(path, read);
        Ok(())
    }

    fn take_rows(&mut self, path: &Path, read: Result<Table, Vec<Finding>>) {
        let file = path.display().to_string();
        match read {
            Err(findings) => findings.into_iter().for_each(|finding| self.refuse(file.clone(), finding)),
            Ok(table) => {
                self.skipped += table.skipped;
                for (number, row) in table.rows {
                    let place = format!("{file}: row {number}");
                    match row {
                        Ok(sent) => self.take(place, sent),
                        Err(findings) => findings.into_iter().for_each(|finding| self.refuse(place.clone(), finding)),
                    }
                }
            }
        }
    }

    /// Takes a draft, if it has an id by which it is known when it comes again.
    pub(super) fn take(&mut self, place: String, sent: Sent) {
        match sent.draft.get("id").and_then(Value::as_str).map(str::to_owned) {
            Some(id) => self.said.push(Said { place, id, sent }),
            None => {
                let message = "write an id, a text in quotes, by which it is known when it comes again";
                self.refuse(place, Finding::error("missing", "/id", message));
            }
        }
    }

    pub(super) fn refuse(&mut self, place: String, finding: Finding) {
        self.findings.push(Placed { place, finding });
    }
}
