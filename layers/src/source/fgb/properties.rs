//! The values of a FlatGeobuf feature: the number of a column, then a value as wide as its type, over and over.

use crate::finding::Finding;
use crate::source::raw::escaped;
use crate::value::Value;
use flatgeobuf::{ColumnType, Header};

/// Names and types of the columns.
pub(super) struct Columns(Vec<(String, ColumnType)>);

impl Columns {
    pub(super) fn of(header: &Header<'_>) -> Self {
        let columns = header.columns().into_iter().flatten();
        Self(columns.map(|column| (column.name().to_owned(), column.type_())).collect())
    }

    /// Names and values; what a value cannot hold becomes null with a finding.
    pub(super) fn values(
        &self,
        bytes: &[u8],
        pointer: &str,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<(String, Value)>, String> {
        let mut rest = bytes;
        let mut values = Vec::with_capacity(self.0.len());
        // Some writers leave a byte behind the last value.
        while rest.len() > 1 {
            let number = u16::from_le_bytes(fixed(&mut rest)?);
            let Some((name, kind)) = self.0.get(usize::from(number)) else {
                return Err(format!("there is no column {number}; the header names {}", self.0.len()));
            };
            let value = match value(&mut rest, *kind)? {
                Value::Float(number) if !number.is_finite() => {
                    let place = format!("{pointer}/properties/{}", escaped(name));
                    findings.push(Finding::warning("not_finite", place, format!("{number} is no number; it is left empty")));
                    Value::Null
                }
                value => value,
            };
            values.push((name.clone(), value));
        }
        Ok(values)
    }
}

fn value(rest: &mut &[u8], kind: ColumnType) -> Result<Value, String> {
    Ok(match kind {
        ColumnType::Byte => Value::Int(i8::from_le_bytes(fixed(rest)?).into()),
        ColumnType::UByte => Value::Int(u8::from_le_bytes(fixed(rest)?).into()),
        ColumnType::Bool => Value::Bool(fixed::<1>(rest)? != [0]),
        ColumnType::Short => Value::Int(i16::from_le_bytes(fixed(rest)?).into()),
        ColumnType::UShort => Value::Int(u16::from_le_bytes(fixed(rest)?).into()),
        ColumnType::Int => Value::Int(i32::from_le_bytes(fixed(rest)?).into()),
        ColumnType::UInt => Value::Int(u32::from_le_bytes(fixed(rest)?).into()),
        ColumnType::Long => Value::Int(i64::from_le_bytes(fixed(rest)?)),
        ColumnType::ULong => {
            let number = u64::from_le_bytes(fixed(rest)?);
            i64::try_from(number).map_or(Value::Float(number as f64), Value::Int)
        }
        ColumnType::Float => Value::Float(f32::from_le_bytes(fixed(rest)?).into()),
        ColumnType::Double => Value::Float(f64::from_le_bytes(fixed(rest)?)),
        ColumnType::String | ColumnType::DateTime => text(rest)?.into(),
        ColumnType::Json => {
            let text = text(rest)?;
            serde_json::from_str(text).map_or_else(|_broken| text.into(), Value::from_json)
        }
        ColumnType::Binary => sized(rest).map(|_bytes| Value::Null)?,
        other => return Err(format!("column type {} does not exist", other.0)),
    })
}

fn text<'a>(rest: &mut &'a [u8]) -> Result<&'a str, String> {
    std::str::from_utf8(sized(rest)?).map_err(|error| format!("a text is not UTF-8: {error}"))
}

/// Bytes with their number in front.
fn sized<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], String> {
    let length = u32::from_le_bytes(fixed(rest)?);
    let (bytes, after) = rest.split_at_checked(length as usize).ok_or_else(|| cut(length as usize, rest))?;
    *rest = after;
    Ok(bytes)
}

fn fixed<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], String> {
    let (bytes, after) = rest.split_first_chunk::<N>().ok_or_else(|| cut(N, rest))?;
    *rest = after;
    Ok(*bytes)
}

fn cut(wanted: usize, rest: &[u8]) -> String {
    format!("a value of {wanted} bytes does not fit the {} bytes left", rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_beyond_their_bytes_and_numbers_that_are_none_are_told() {
        let columns = Columns(vec![("a/b".into(), ColumnType::Double), ("t".into(), ColumnType::String)]);
        let mut findings = Vec::new();
        let bytes = [&[0, 0][..], &f64::NAN.to_le_bytes()].concat();
        let values = columns.values(&bytes, "/1", &mut findings).unwrap();
        assert_eq!(values[0].1, Value::Null);
        assert_eq!((findings[0].code, findings[0].pointer.as_str()), ("not_finite", "/1/properties/a~1b"));
        for bytes in [&[0, 0, 1][..], &[1, 0, 255, 255, 255, 255, 65], &[9, 0]] {
            assert!(columns.values(bytes, "/1", &mut findings).is_err(), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn mangled_values_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let columns = Columns((0..15).map(|kind| (kind.to_string(), ColumnType(kind))).collect());
            let _ = columns.values(&bytes, "/1", &mut Vec::new());
        }
    }
}
