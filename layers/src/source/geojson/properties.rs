//! Properties of a feature, read from JSON straight into the values that are kept.

use crate::value::Value;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::fmt;

/// Names and values in order; a name may come twice.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Properties(pub(super) Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PropertiesVisitor)
    }
}

struct PropertiesVisitor;

impl<'de> Visitor<'de> for PropertiesVisitor {
    type Value = Properties;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = map.next_entry()? {
            all.push(one);
        }
        Ok(Properties(all))
    }
}
