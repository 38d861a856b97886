//! Features as lists of plain numbers, and back.

use super::{Features, Places};
use crate::dictionary::Dictionary;
use crate::feature::FeatureId;
use crate::lists::{BrokenLists, TextLists, next_text};
use crate::value::Value;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// The lists of some features without times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureLists<'a> {
    /// Ids that are numbers; 0 in the place of a text.
    pub ids: Cow<'a, [u64]>,
    /// Which ids are texts: 1, else 0. Empty if none is.
    pub id_kinds: Cow<'a, [u8]>,
    /// Ids that are texts.
    pub id_texts: TextLists<'a>,
    /// Packed geometries.
    pub places: Cow<'a, [u8]>,
    /// Where each ends.
    pub place_ends: Cow<'a, [u64]>,
    /// Codes, column by column.
    pub columns: Vec<Cow<'a, [u32]>>,
    /// What each value is.
    pub value_kinds: Cow<'a, [u8]>,
    /// Bits of values that are numbers; 0 in the place of others.
    pub values: Cow<'a, [u64]>,
    /// Values that are texts or JSON.
    pub value_texts: TextLists<'a>,
}

const NULL: u8 = 0;
const BOOL: u8 = 1;
const INT: u8 = 2;
const FLOAT: u8 = 3;
const TEXT: u8 = 4;
const JSON: u8 = 5;

impl Features {
    /// The lists they consist of; `None` if they have times, which no list has room for. `O(n)`; what is long is lent.
    pub fn lists(&self) -> Option<FeatureLists<'_>> {
        if !self.are_timeless() {
            return None;
        }
        let (mut id_texts, mut value_texts) = (TextLists::default(), TextLists::default());
        let mut id = |id: &FeatureId| match id {
            FeatureId::Int(number) => (*number, 0),
            FeatureId::Text(text) => {
                id_texts.push(text);
                (0, 1)
            }
        };
        let (ids, mut id_kinds): (Vec<u64>, Vec<u8>) = self.ids.iter().map(&mut id).unzip();
        if id_kinds.iter().all(|kind| *kind == 0) {
            id_kinds = Vec::new();
        }
        let mut value = |value: &Value| match value {
            Value::Null => (NULL, 0),
            Value::Bool(value) => (BOOL, (*value).into()),
            Value::Int(value) => (INT, value.cast_unsigned()),
            Value::Float(value) => (FLOAT, value.to_bits()),
            Value::Text(text) => {
                value_texts.push(text);
                (TEXT, 0)
            }
            Value::Json(nested) => {
                value_texts.push(nested);
                (JSON, 0)
            }
        };
        let (value_kinds, values): (Vec<u8>, Vec<u64>) = self.dictionary.values().iter().map(&mut value).unzip();
        Some(FeatureLists {
            ids: ids.into(),
            id_kinds: id_kinds.into(),
            id_texts,
            places: Cow::Borrowed(&self.places.bytes),
            place_ends: Cow::Borrowed(&self.places.ends),
            columns: self.columns.iter().map(|codes| Cow::Borrowed(codes.as_slice())).collect(),
            value_kinds: value_kinds.into(),
            values: values.into(),
            value_texts,
        })
    }

    /// The features of some lists. `O(n)`; refuses codes of no value, and geometries that do not lie one after the other. What the bytes
    /// of a geometry say is seen when it is asked for: if they are none, it has no place.
    pub fn from_lists(lists: FeatureLists<'_>) -> Result<Self, BrokenLists> {
        let mut dictionary = values(&lists.value_kinds, &lists.values, &lists.value_texts)?;
        let ids = ids(&lists.ids, &lists.id_kinds, &lists.id_texts)?;
        let columns: Vec<Vec<u32>> = lists.columns.into_iter().map(Cow::into_owned).collect();
        let is_known = |codes: &Vec<u32>| {
            let highest = codes.iter().copied().max().unwrap_or(0);
            codes.len() == ids.len() && (highest as usize) < dictionary.len()
        };
        if !columns.iter().all(is_known) {
            return Err(BrokenLists("codes of values that are not there"));
        }
        dictionary.note_singles(&columns);
        let ends = lists.place_ends.into_owned();
        let last = ends.last().copied().unwrap_or(0);
        if ends.len() != ids.len() || !ends.is_sorted() || last != lists.places.len() as u64 {
            return Err(BrokenLists("geometries that do not lie one after the other"));
        }
        let places = Places { bytes: lists.places.into_owned(), ends, bounds: Vec::new() };
        Ok(Self { ids, places, columns, dictionary, ..Self::default() })
    }
}

fn ids(numbers: &[u64], kinds: &[u8], texts: &TextLists<'_>) -> Result<Vec<FeatureId>, BrokenLists> {
    if !kinds.is_empty() && kinds.len() != numbers.len() {
        return Err(BrokenLists("ids that nobody knows the kind of"));
    }
    let mut texts = texts.texts()?;
    let kinds = kinds.iter().copied().chain(std::iter::repeat(0));
    let id = |(&number, kind): (&u64, u8)| match kind {
        0 => Ok(FeatureId::Int(number)),
        1 => next_text(&mut texts).map(FeatureId::Text),
        _ => Err(BrokenLists("an id of no kind")),
    };
    numbers.iter().zip(kinds).map(id).collect()
}

fn values(kinds: &[u8], bits: &[u64], texts: &TextLists<'_>) -> Result<Dictionary, BrokenLists> {
    const STRANGE: BrokenLists = BrokenLists("a value of no kind");
    if kinds.len() != bits.len() || kinds.first() != Some(&NULL) {
        return Err(STRANGE);
    }
    let mut texts = texts.texts()?;
    let value = |(&kind, &bits): (&u8, &u64)| {
        Ok(match kind {
            NULL => Value::Null,
            BOOL => Value::Bool(bits != 0),
            INT => Value::Int(bits.cast_signed()),
            FLOAT if f64::from_bits(bits).is_finite() => Value::Float(f64::from_bits(bits)),
            TEXT => Value::Text(next_text(&mut texts)?),
            JSON => {
                let text = next_text(&mut texts)?;
                serde_json::from_str::<IgnoredAny>(&text).map_err(|_json| STRANGE)?;
                Value::Json(text)
            }
            _ => return Err(STRANGE),
        })
    };
    Ok(Dictionary::of(kinds.iter().zip(bits).map(value).collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feature::Feature;
    use crate::time::{Instant, Interval};
    use geo_types::Point;

    fn feature(id: FeatureId, values: [Value; 2]) -> Feature {
        Feature::timeless(id, Some(Point::new(-8.0, 12.65).into()), Box::new(values))
    }

    fn features() -> Features {
        let nested = Value::from_json(serde_json::json!({"b": [1, 0.1, null], "a": "ü"}));
        let mut nowhere = feature(FeatureId::Int(u64::MAX), [true.into(), Value::Float(-0.0)]);
        nowhere.geometry = None;
        let all = [
            feature(FeatureId::Int(7), ["Kayes".into(), 3.into()]),
            feature(FeatureId::Text("ev-1".into()), [Value::Null, nested]),
            nowhere,
            feature(FeatureId::Text("".into()), ["Kayes".into(), Value::Int(i64::MIN)]),
        ];
        Features::of(all, 2)
    }

    #[test]
    fn every_kind_of_id_and_value_comes_back() {
        for features in
            [features(), Features::of([], 0), Features::of([feature(FeatureId::Int(1), [1.5.into(), Value::Null])], 2)]
        {
            let lists = features.lists().unwrap();
            let back = Features::from_lists(lists.clone()).unwrap();
            assert_eq!(back.lists().unwrap(), lists);
            assert_eq!(format!("{:?}", back.dictionary.values()), format!("{:?}", features.dictionary.values()));
            assert!(
                back.iter().zip(features.iter()).all(|(one, other)| one.id() == other.id() && one.geometry() == other.geometry())
            );
        }
    }

    #[test]
    fn features_with_times_have_no_lists() {
        let mut aged = feature(FeatureId::Int(1), [Value::Null, Value::Null]);
        aged.valid = Interval { from: Some(Instant::from_micros(0)), to: None };
        assert!(Features::of([aged], 2).lists().is_none());
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let features = features();
        let refuse = |change: &dyn Fn(&mut FeatureLists<'_>)| {
            let mut lists = features.lists().unwrap();
            change(&mut lists);
            assert!(Features::from_lists(lists).is_err());
        };
        let changes: [&dyn Fn(&mut FeatureLists<'_>); 12] = [
            &|lists| lists.columns[1].to_mut()[3] = 7,
            &|lists| lists.columns[0].to_mut().truncate(1),
            &|lists| lists.ids.to_mut().push(1),
            &|lists| lists.id_kinds.to_mut()[0] = 2,
            &|lists| lists.id_kinds.to_mut()[0] = 1,
            &|lists| lists.id_kinds.to_mut().truncate(1),
            &|lists| lists.place_ends.to_mut().swap(0, 3),
            &|lists| lists.places.to_mut().push(0),
            &|lists| lists.value_kinds.to_mut()[0] = INT,
            &|lists| lists.value_kinds.to_mut()[1] = 6,
            &|lists| lists.value_kinds.to_mut()[1] = JSON,
            &|lists| lists.values.to_mut().truncate(1),
        ];
        changes.into_iter().for_each(refuse);
        refuse(&|lists| {
            let float = lists.value_kinds.iter().position(|kind| *kind == FLOAT).unwrap();
            lists.values.to_mut()[float] = f64::NAN.to_bits();
        });
    }
}
