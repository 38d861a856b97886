//! FlatGeobuf 3, read as a stream.

use super::collect::{Collector, Raw, Table};
use super::crs::Transform;
use super::{Report, SourceError, SourceOptions};
use crate::feature::FeatureId;
use crate::finding::Finding;
use crate::value::Value;
use flatgeobuf::{FallibleStreamingIterator, FeatureProperties, FgbFeature, FgbReader};
use geo_traits::to_geo::ToGeoGeometry;
use geozero::{ColumnValue, PropertyProcessor};
use std::io::Read;

/// Reads the one table of a file; features are numbered from 1.
pub(super) fn table(file: impl Read, name: &str, options: &SourceOptions, report: &mut Report<'_>) -> Result<Table, SourceError> {
    let reader = FgbReader::open(file).map_err(broken)?;
    let header = reader.header();
    let name = header.name().filter(|name| !name.is_empty()).unwrap_or(name).to_owned();
    let transform = match (&options.crs, header.crs().map(|crs| crs.code())) {
        (Some(named), _) => Transform::named(named)?,
        (None, Some(code)) if code > 0 => Transform::named(&format!("EPSG:{code}"))?,
        (None, _) => {
            return Err(SourceError::Crs("names no coordinate reference system; say which it is with crs = \"EPSG:…\"".into()));
        }
    };
    let mut collector = Collector::new(&name, transform, 0, report);
    let mut features = reader.select_all_seq().map_err(broken)?;
    for number in 1u64.. {
        let Some(feature) = features.next().map_err(broken)? else { break };
        take(feature, number, options, &mut collector);
    }
    Ok(collector.into_table())
}

fn broken(error: flatgeobuf::Error) -> SourceError {
    SourceError::Broken(error.to_string())
}

fn take(feature: &FgbFeature, number: u64, options: &SourceOptions, collector: &mut Collector<'_>) {
    let pointer = format!("/{number}");
    let mut properties = Properties(Vec::new());
    if let Err(error) = feature.process_properties(&mut properties) {
        return collector.lose(Finding::error("bad_properties", pointer, error.to_string()));
    }
    let geometry = match feature.geometry_trait() {
        Ok(geometry) => geometry.and_then(|geometry| geometry.try_to_geometry()),
        Err(error) => return collector.lose(Finding::error("bad_geometry", format!("{pointer}/geometry"), error.to_string())),
    };
    let named = options.id_property.as_ref().and_then(|name| properties.0.iter().find(|(title, _)| title == name));
    let id = match (&options.id_property, named) {
        (Some(_), Some((_, Value::Text(text)))) => Some(FeatureId::Text(text.clone())),
        (Some(_), Some((_, Value::Int(whole)))) => u64::try_from(*whole).ok().map(FeatureId::Int),
        (Some(_), _) => None,
        (None, _) => Some(FeatureId::Int(number)),
    };
    collector.take(Raw { pointer, id, properties: properties.0, geometry });
}

struct Properties(Vec<(String, Value)>);

impl PropertyProcessor for Properties {
    fn property(&mut self, _column: usize, name: &str, value: &ColumnValue<'_>) -> geozero::error::Result<bool> {
        let value = match *value {
            ColumnValue::Byte(number) => Value::Int(number.into()),
            ColumnValue::UByte(number) => Value::Int(number.into()),
            ColumnValue::Bool(flag) => Value::Bool(flag),
            ColumnValue::Short(number) => Value::Int(number.into()),
            ColumnValue::UShort(number) => Value::Int(number.into()),
            ColumnValue::Int(number) => Value::Int(number.into()),
            ColumnValue::UInt(number) => Value::Int(number.into()),
            ColumnValue::Long(number) => Value::Int(number),
            ColumnValue::ULong(number) => i64::try_from(number).map_or(Value::Float(number as f64), Value::Int),
            ColumnValue::Float(number) => Value::Float(number.into()),
            ColumnValue::Double(number) => Value::Float(number),
            ColumnValue::String(text) | ColumnValue::DateTime(text) => text.into(),
            ColumnValue::Json(text) => serde_json::from_str(text).map_or_else(|_broken| text.into(), Value::from_json),
            ColumnValue::Binary(_) => Value::Null,
        };
        self.0.push((name.to_owned(), value));
        Ok(false)
    }
}
