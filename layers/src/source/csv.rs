//! CSV with a longitude and a latitude column, found by their names; cells are separated by commas, semicolons or tabs.

use super::columns::written;
use super::feed::Feed;
use super::raw::{OwnId, Raw};
use super::rings::Rings;
use super::{SourceError, SourceOptions};
use crate::finding::Finding;
use crate::value::Value;
use csv::StringRecord;
use geo_types::Point;
use std::collections::HashSet;
use std::io::Read;

/// Names of columns that hold a longitude, in order of preference; compared without case.
const LON_NAMES: [&str; 5] = ["lon", "lng", "long", "longitude", "x"];
/// The same for latitudes.
const LAT_NAMES: [&str; 4] = ["lat", "latitude", "y", "lat_deg"];

/// Reads a table; rows are numbered from 1, the header not counted. `head` is the beginning of the file.
pub(super) fn table(
    head: &[u8],
    file: impl Read,
    name: &str,
    options: &SourceOptions,
    feed: &mut Feed,
) -> Result<(), SourceError> {
    feed.begin(options.heading(name), options.transform()?.flatten(), false);
    let delimiter = delimiter(head);
    let mut rows = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).delimiter(delimiter).from_reader(file);
    let titles: Vec<String> = rows.headers().map_err(broken)?.iter().map(str::to_owned).collect();
    let (Some(lon), Some(lat)) = (column(&titles, &LON_NAMES), column(&titles, &LAT_NAMES)) else {
        let reason = format!("no columns lon and lat among: {}", titles.join(", "));
        return Err(if titles.len() > 1 { SourceError::Broken(reason) } else { SourceError::UnknownFormat });
    };
    let header = Header { titles: distinct(titles, feed), lon, lat, delimiter: char::from(delimiter) };
    for (number, row) in rows.records().enumerate() {
        let pointer = format!("/{}", number + 1);
        match row.map_err(|error| error.to_string()).and_then(|row| header.fitting(row, &pointer, feed)) {
            Err(message) => feed.lost(Finding::error("bad_row", pointer, message)),
            Ok(row) => header.take(&row, pointer, feed),
        }
    }
    feed.unmix();
    Ok(())
}

fn broken(error: csv::Error) -> SourceError {
    SourceError::Broken(error.to_string())
}

/// Whichever of the three stands most often in the first line.
pub(crate) fn delimiter(head: &[u8]) -> u8 {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| line.iter().filter(|byte| *byte == delimiter).count();
    // Of equals the last wins: the comma.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn column(header: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| header.iter().position(|title| title.eq_ignore_ascii_case(name)))
}

/// The names of columns, those that come again with a number, so that no cell takes the place of another.
fn distinct(titles: Vec<String>, feed: &mut Feed) -> Vec<String> {
    let mut taken: HashSet<String> = titles.iter().cloned().collect();
    let mut seen = HashSet::new();
    let mut name = |title: String| {
        if seen.insert(title.clone()) {
            return title;
        }
        let free = (2..).map(|number: u32| format!("{title}_{number}")).find(|name| !taken.contains(name));
        let free = free.unwrap_or_else(|| title.clone());
        taken.insert(free.clone());
        feed.note(Finding::warning("repeated_column", "", format!("column '{title}' comes again and is called '{free}'")));
        free
    };
    titles.into_iter().map(&mut name).collect()
}

struct Header {
    titles: Vec<String>,
    lon: usize,
    lat: usize,
    delimiter: char,
}

impl Header {
    /// A row of as many cells as there are columns. Missing cells are told and empty; rows with more cannot be told apart.
    fn fitting(&self, row: StringRecord, pointer: &str, feed: &mut Feed) -> Result<StringRecord, String> {
        let (columns, cells) = (self.titles.len(), row.len());
        if let Some(lines) = row.iter().map(|cell| self.rows_within(cell)).max().filter(|lines| *lines > 0) {
            return Err(format!("a cell holds {lines} lines that look like rows; a quote that opens it is not closed"));
        }
        if row.iter().skip(columns).any(|cell| !cell.is_empty()) {
            return Err(format!(
                "{cells} cells in a table of {columns} columns; put cells that hold '{}' in quotes",
                self.delimiter
            ));
        }
        if cells < columns {
            let message = format!("{cells} cells in a table of {columns} columns; the missing are left empty");
            feed.note(Finding::warning("bad_row", pointer, message));
        }
        Ok(row)
    }

    /// Lines within a cell that have as many cells as the table has columns.
    fn rows_within(&self, cell: &str) -> usize {
        cell.lines().skip(1).filter(|line| line.matches(self.delimiter).count() + 1 == self.titles.len()).count()
    }

    fn take(&self, row: &StringRecord, pointer: String, feed: &mut Feed) {
        match position(row.get(self.lon).unwrap_or_default(), row.get(self.lat).unwrap_or_default()) {
            Ok(geometry) => {
                let cells = self.titles.iter().zip(row).enumerate();
                let properties = cells.filter(|(column, _)| *column != self.lon && *column != self.lat);
                let raw = Raw {
                    pointer,
                    id: OwnId::None,
                    properties: properties.map(|(_, (title, text))| (title.clone(), value(text))).collect(),
                    geometry: geometry.map(Into::into),
                    rings: Rings::default(),
                    findings: Vec::new(),
                };
                feed.feature(row.as_slice().len(), || Ok(raw));
            }
            Err(message) => feed.lost(Finding::error("bad_position", pointer, message)),
        }
    }
}

/// Both empty is a row without a place.
fn position(lon: &str, lat: &str) -> Result<Option<Point<f64>>, String> {
    if lon.is_empty() && lat.is_empty() {
        return Ok(None);
    }
    let number = |text: &str| {
        text.parse::<f64>().map_err(|_syntax| format!("'{text}' is no number of degrees, which has a point before its decimals"))
    };
    Ok(Some(Point::new(number(lon)?, number(lat)?)))
}

/// A number only if it can be written as the same text: 007, +1, 1.10 and what is too long are names.
fn value(text: &str) -> Value {
    let number = || text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float);
    let found = match text {
        "" => return Value::Null,
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        _ => text.parse().ok().map(Value::Int).or_else(number),
    };
    found.filter(|value| written(value).as_deref() == Some(text)).unwrap_or_else(|| text.into())
}

#[cfg(test)]
mod tests {
    use crate::source::tests::{features, findings, read_text};
    use crate::value::{ColumnKind, Value};

    #[test]
    fn a_column_holds_numbers_only_if_all_can_be_written_back() {
        let table = "lon,lat,code,phone,big,version,size,share,open\n\
            1,2,007,22370000000,5,1.10,3,0.5,true\n1,2,108,+22370000000,123456789012345678901234,2.0,-4,1.0,false\n";
        let layer = read_text("t.csv", table).unwrap();
        let kinds: Vec<(&str, ColumnKind)> = layer.schema.columns().iter().map(|column| (&*column.name, column.kind)).collect();
        let text = ColumnKind::Text;
        assert_eq!(
            kinds,
            [
                ("code", text),
                ("phone", text),
                ("big", text),
                ("version", text),
                ("size", ColumnKind::Int),
                ("share", ColumnKind::Float),
                ("open", ColumnKind::Bool)
            ]
        );
        let first: Vec<Value> = features(&layer)[0].values[..4].to_vec();
        assert_eq!(first, ["007", "22370000000", "5", "1.10"].map(Value::from), "as they were written");
    }

    #[test]
    fn semicolons_and_tabs_separate_too() {
        for delimiter in [";", "\t"] {
            let layer = read_text("t.csv", &"id,lon,lat,name\n1,1.5,2.5,a\n".replace(',', delimiter)).unwrap();
            assert_eq!((layer.features.len(), layer.schema.columns().len()), (1, 2));
        }
    }

    #[test]
    fn rows_that_do_not_fit_and_names_that_come_again_are_told() {
        let table = "lon,lat,a,a\n1,2,x\n1,2,x,y,more\n1,2,x,y,\n1,2,x,y\n3,4,\"open,z\n5,6,c,d\n7,8,e,f\n";
        let told: Vec<String> = findings("t.csv", table).into_iter().map(|(code, pointer)| format!("{code}{pointer}")).collect();
        assert_eq!(told, ["repeated_column", "bad_row/1", "bad_row/2", "bad_row/5"]);
        let layer = read_text("t.csv", table).unwrap();
        assert_eq!(layer.features.len(), 3);
        assert_eq!(layer.schema.columns()[1].name.as_ref(), "a_2");
        assert_eq!(features(&layer)[2].values[1], Value::Text("y".into()));
    }
}
