//! CSV with a longitude and a latitude column, found by their names.

use super::collect::{Collector, OwnId, Raw, Table};
use super::rings::Rings;
use super::{Report, SourceError, SourceOptions};
use crate::finding::Finding;
use crate::value::Value;
use geo_types::Point;
use std::io::Read;

/// Names of columns that hold a longitude, in order of preference; compared without case.
const LON_NAMES: [&str; 5] = ["lon", "lng", "long", "longitude", "x"];
/// The same for latitudes.
const LAT_NAMES: [&str; 4] = ["lat", "latitude", "y", "lat_deg"];

/// Reads a table; rows are numbered from 1, the header not counted.
pub(super) fn table(file: impl Read, name: &str, options: &SourceOptions, report: &mut Report<'_>) -> Result<Table, SourceError> {
    let mut collector = Collector::new(name, 0, options, report)?;
    let mut rows = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(file);
    let header: Vec<String> =
        rows.headers().map_err(broken)?.iter().map(|title| title.trim_start_matches('\u{feff}').to_owned()).collect();
    let (Some(lon), Some(lat)) = (column(&header, &LON_NAMES), column(&header, &LAT_NAMES)) else {
        let reason = format!("no columns lon and lat among: {}", header.join(", "));
        return Err(if header.len() > 1 { SourceError::Broken(reason) } else { SourceError::UnknownFormat });
    };
    for (number, row) in rows.records().enumerate() {
        let pointer = format!("/{}", number + 1);
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                collector.lose(Finding::error("bad_row", pointer, error.to_string()));
                continue;
            }
        };
        match position(row.get(lon).unwrap_or_default(), row.get(lat).unwrap_or_default()) {
            Ok(geometry) => {
                let properties = header.iter().zip(&row).enumerate().filter(|(column, _)| *column != lon && *column != lat);
                collector.take(Raw {
                    pointer,
                    id: OwnId::None,
                    properties: properties.map(|(_, (title, text))| (title.clone(), value(text))).collect(),
                    geometry: geometry.map(Into::into),
                    rings: Rings::default(),
                });
            }
            Err(message) => collector.lose(Finding::error("bad_position", pointer, message)),
        }
    }
    collector.into_table()
}

fn broken(error: csv::Error) -> SourceError {
    SourceError::Broken(error.to_string())
}

fn column(header: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| header.iter().position(|title| title.eq_ignore_ascii_case(name)))
}

/// Both empty is a row without a place.
fn position(lon: &str, lat: &str) -> Result<Option<Point<f64>>, String> {
    if lon.is_empty() && lat.is_empty() {
        return Ok(None);
    }
    let number = |text: &str| text.parse::<f64>().map_err(|_syntax| format!("'{text}' is no number of degrees"));
    Ok(Some(Point::new(number(lon)?, number(lat)?)))
}

fn value(text: &str) -> Value {
    let leading_zero = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
    match text {
        "" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        // Codes such as 007 are names, not numbers.
        _ if leading_zero => text.into(),
        _ => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => Value::Int(whole),
            (_, Ok(number)) if number.is_finite() => Value::Float(number),
            _ => text.into(),
        },
    }
}
